"""All experiments with one runner and one template, and the removal of both."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from ..core.api.client import deletion_marker
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
from .trial import GONE, Trial

Experiment = Callable[[Trial, str], Iterator[Finding]]
_Step = tuple[tuple[int, ...], Experiment]
_PREFIX = "comfycontrol-doctor-"
#: Seconds between two checks of a removal that takes time.
_PATIENCE = 10.0
_RUNNER: tuple[_Step, ...] = (
    ((32, 15, 8, 7), lambda one, _name: list_findings(one.api, one.seen())),
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
    ((3,), runner.messages),
)
_TEMPLATE: tuple[_Step, ...] = (
    ((36,), template.round_trip),
    ((22, 24), template.refusals),
    ((16, 33), lambda one, name: trial.partial_put(one, f"{name}-2")),
)
_LAST: _Step = ((28,), lambda one, _name: trial.removed(one))


class Experiments:
    """One run of the experiments; exhaust or close :meth:`findings`, which removes the objects."""

    def __init__(self, api: Api, clock: Clock, token: str, *, oversized: bool = False) -> None:
        self._api = api
        self._oversized = oversized
        self._token = token
        self._clock = clock
        self.name = f"{_PREFIX}{uuid.uuid4().hex[:8]}"
        #: A sentence for each object that could not be removed.
        self.left_behind: list[str] = []
        self._trials: list[Trial] = []

    def findings(self) -> Iterator[Finding]:
        """Create, change and delete two runners and a template; yields findings."""
        try:
            with suppress(Unclear, ValueError):  # other experiments report the failure
                yield from account_findings(self._api, self._token)
            create: _Step = ((4, 5, 6, 12, 13, 34), runner.create)
            yield from self._try(RUNNER, create, ((14, 8), self._second), *_RUNNER, _LAST)
            create = ((4, 5, 6, 23, 34), template.create)
            large: tuple[_Step, ...] = (((9,), template.oversized),) if self._oversized else ()
            yield from self._try(TEMPLATE, create, *_TEMPLATE, *large, _LAST)
        finally:
            self._clean_up()

    def _second(self, one: Trial, _name: str) -> Iterator[Finding]:
        two = Trial(self._api, self._clock, one.kind)
        self._trials.append(two)
        return runner.second(one, two)

    def _try(self, kind: Kind, first: _Step, *others: _Step) -> Iterator[Finding]:
        one = Trial(self._api, self._clock, kind)
        self._trials.append(one)
        yield from self._run(one, *first)
        if one.path is None:
            why = f"no {kind.label} could be created"
            for number in sorted({number for step in others for number in step[0]}):
                yield replace(unclear(number, why), subject=kind.label)
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
            for path in {one.path for one in own if one.path}:
                self._remove(kind, path)
            if not any(one.is_in_doubt for one in own):
                continue
            try:
                unknown = self._named(kind)
            except Unclear as error:
                self.left_behind.append(
                    f"Whether a {kind.label} named {self.name} is left could not be found out"
                    f" ({error}); look for it in the dashboard."
                )
                continue
            for item in unknown:
                self._remove(kind, f"{kind.path}/{item['id']}")

    def _remove(self, kind: Kind, path: str) -> None:
        """Delete an object; names it if it is not certain to be gone."""
        reason = ""
        try:
            self._api.call("DELETE", path)
            if self._is_gone(path):
                return
            self._clock.sleep(_PATIENCE)
            if self._is_gone(path):
                return
        except Unclear as error:
            reason = f" ({error})"
        id_ = path.rpartition("/")[2]
        self.left_behind.append(
            f"The {kind.label} {id_} ({self.name}) could not be removed{reason}; remove it in the"
            " dashboard."
        )

    def _is_gone(self, path: str) -> bool:
        answer = self._api.call("GET", path)
        return answer.status in GONE or deletion_marker(answer.object) is not None

    def _named(self, kind: Kind) -> list[Item]:
        pages = self._api.pages(kind)
        pages.read_all()
        return [item for item in pages.items.values() if self.name in str(item.get("name"))]
