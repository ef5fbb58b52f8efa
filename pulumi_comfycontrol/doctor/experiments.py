"""All experiments with one runner and one template, and the removal of both."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from ..core.api.pages import Item
from ..core.clock import Clock
from ..core.progress import listener
from ..core.types import KINDS
from ..core.types.kind import Kind
from ..core.types.runner import RUNNER
from ..core.types.template import TEMPLATE
from . import runner, template, trial
from .account import account_findings
from .api import Api, Unclear
from .finding import Finding, unclear
from .lists import list_findings
from .trial import Trial

Experiment = Callable[[Trial, str], Iterator[Finding]]
_PREFIX = "comfycontrol-doctor-"
#: Seconds between two checks of a removal that takes time.
_PATIENCE = 10.0
_RUNNER: tuple[tuple[tuple[int, ...], Experiment], ...] = (
    ((32, 15, 8), lambda one, _name: list_findings(one.api, one.seen())),
    ((35, 6), lambda one, _name: trial.absent(one)),
    ((16, 33), lambda one, name: trial.partial_put(one, f"{name}-2")),
    ((17,), lambda one, _name: trial.empty_put(one)),
    ((16,), runner.headers),
    ((11,), runner.tags),
    ((14,), runner.endpoints),
    ((14,), runner.names),
    ((36,), runner.words),
    ((14, 10), runner.oddities),
    ((10,), runner.extra_fields),
    ((28,), lambda one, _name: trial.removed(one)),
)
_TEMPLATE: tuple[tuple[tuple[int, ...], Experiment], ...] = (
    ((36,), template.round_trip),
    ((22, 24), template.refusals),
    ((16, 33), lambda one, name: trial.partial_put(one, f"{name}-2")),
    ((28,), lambda one, _name: trial.removed(one)),
)


class Experiments:
    """One run of the experiments; exhaust or close :meth:`findings`, which removes the objects."""

    def __init__(self, api: Api, clock: Clock, token: str) -> None:
        self._api = api
        self._token = token
        self._clock = clock
        self.name = f"{_PREFIX}{uuid.uuid4().hex[:8]}"
        #: A sentence for each object that could not be removed.
        self.left_behind: list[str] = []
        self._trials: list[Trial] = []

    def findings(self) -> Iterator[Finding]:
        """Create, change and delete one runner and one template; yields findings."""
        try:
            with suppress(Unclear, ValueError):  # other experiments report the failure
                yield from account_findings(self._api, self._token)
            yield from self._try(RUNNER, ((4, 12, 13), runner.create), _RUNNER)
            yield from self._try(TEMPLATE, ((4, 23), template.create), _TEMPLATE)
        finally:
            self._clean_up()

    def _try(
        self,
        kind: Kind,
        first: tuple[tuple[int, ...], Experiment],
        others: Iterable[tuple[tuple[int, ...], Experiment]],
    ) -> Iterator[Finding]:
        one = Trial(self._api, self._clock, kind)
        self._trials.append(one)
        yield from self._run(one, *first)
        if one.path is None:
            return
        for numbers, experiment in others:
            yield from self._run(one, numbers, experiment)

    def _run(
        self, one: Trial, numbers: tuple[int, ...], experiment: Experiment
    ) -> Iterator[Finding]:
        label = one.kind.label
        listener().status(f"trying out A{', A'.join(map(str, numbers))} with a {label}")
        try:
            for finding in experiment(one, self.name):
                yield replace(finding, subject=label)
            return
        except Unclear as error:
            why = str(error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # An answer of a form that no experiment expects.
            why = f"an answer can't be read ({type(error).__name__})"
        for number in numbers:
            yield replace(unclear(number, why), subject=label)

    def _clean_up(self) -> None:
        for kind in KINDS.values():
            own = [one for one in self._trials if one.kind is kind]
            try:
                for path in {one.path for one in own if one.path}:
                    self._remove(kind, path)
                if any(one.is_in_doubt for one in own):
                    for item in self._named(kind):
                        self._remove(kind, f"{kind.path}/{item['id']}")
            except Unclear as error:
                self.left_behind.append(
                    f"Whether a {kind.label} named {self.name} is left could not be found out"
                    f" ({error}); look for it in the dashboard."
                )

    def _remove(self, kind: Kind, path: str) -> None:
        self._api.call("DELETE", path)
        if not self._api.call("GET", path).ok:
            return
        self._clock.sleep(_PATIENCE)
        # A marker instead of a removal is one where the list lacks the object.
        if self._api.call("GET", path).ok and self._named(kind):
            id_ = path.rpartition("/")[2]
            self.left_behind.append(
                f"The {kind.label} {id_} ({self.name}) could not be removed; remove it in the"
                " dashboard."
            )

    def _named(self, kind: Kind) -> list[Item]:
        pages = self._api.pages(kind)
        pages.read_all()
        return [item for item in pages.items.values() if self.name in str(item.get("name"))]
