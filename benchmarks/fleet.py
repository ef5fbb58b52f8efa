"""A stack of many runners on the real engine, of one of :data:`PROVIDERS`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_comfycontrol import Runner, native
from tests.engine.plugin import write_launcher
from tools.engine import ROOT
from tools.project import Program, open_stack

from .measure import LIMIT, Conditions
from .naive import NaiveRunner
from .server import TOKEN

NAIVE = "naive"
OURS = "this project"
NATIVE = "this project, native"
#: The resource class of each.
PROVIDERS: dict[str, Callable[..., Any]] = {
    NAIVE: NaiveRunner,
    OURS: Runner,
    NATIVE: native.Runner,
}


class WrongResultError(Exception):
    """The engine did something else than what was to be measured."""


class FleetOptions(NamedTuple):
    """``size`` runners; ``name`` keeps them apart from those of other stacks.

    Without ``checkpoints``, the engine writes its state only at the end, and not all of it before
    and after each runner; the provider does the same either way.
    """

    provider: str
    size: int
    url: str
    home: Path
    name: str = "fleet"
    checkpoints: bool = True


class Fleet:
    """Each operation raises :class:`WrongResultError` when it changes something else."""

    def __init__(self, options: FleetOptions) -> None:
        self.options = options
        self._folders = 0
        skip = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
        plugin = write_launcher(options.home / "bin")
        self._stack = open_stack(
            _program(options),
            options.home,
            project=options.name,
            environment={
                "COMFYCONTROL_API_URL": options.url,
                "COMFYCONTROL_API_TOKEN": TOKEN,
                "PYTHONPATH": str(ROOT),  # the host has to import the naive provider
                "PATH": os.pathsep.join([str(plugin), os.environ["PATH"]]),
                **({} if options.checkpoints else skip),
            },
        )

    def prepare(
        self, conditions: Conditions, state: Path | None = None, store: str | None = None
    ) -> None:
        """Tell the provider of the conditions; ``state`` is by default a new folder.

        With a new state folder, no earlier request counts towards the quota. ``store`` is the URL
        of the database that several hosts share.
        """
        self._folders += 1
        folder = state or self.options.home / "states" / str(self._folders)
        self._stack.workspace.env_vars = {
            **self._stack.workspace.env_vars,
            "COMFYCONTROL_QUOTA": conditions.quota,
            "COMFYCONTROL_STATE_DIR": str(folder),
            **({"COMFYCONTROL_STORE": store} if store else {}),
        }

    def up(self) -> None:
        """Create all runners."""
        summary = self._stack.up().summary
        self._expect(summary.resource_changes, create=self.options.size + 1)

    def up_unchanged(self) -> None:
        """Run `up` when nothing is to be done."""
        self._expect(self._stack.up().summary.resource_changes)

    def preview(self) -> None:
        """Preview when nothing is to be done."""
        self._expect(self._stack.preview().change_summary)

    def refresh(self) -> None:
        """Refresh when nothing was changed."""
        self._expect(self._stack.refresh().summary.resource_changes)

    def up_refresh(self) -> None:
        """Run `up --refresh` when one runner was changed outside."""
        self._expect(self._stack.up(refresh=True).summary.resource_changes, update=1)

    def destroy(self, parallel: int | None = None) -> None:
        """Delete all runners, ``parallel`` at once; the engine's default is four for each core."""
        summary = self._stack.destroy(parallel=parallel).summary
        self._expect(summary.resource_changes, delete=self.options.size + 1)

    def destroy_wide(self) -> None:
        """Delete as many at once as the quota lets through."""
        self.destroy(parallel=LIMIT)

    def _expect(self, changes: Mapping[Any, int] | None, **wanted: int) -> None:
        found = {str(what): number for what, number in (changes or {}).items()}
        found.pop("same", None)
        if found != wanted:
            msg = f"{self.options.provider}: the engine did {found} instead of {wanted}"
            raise WrongResultError(msg)


def _program(options: FleetOptions) -> Program:
    resource = PROVIDERS[options.provider]

    def program() -> None:
        for number in range(options.size):
            resource(
                f"{options.name}-{number}",
                name=f"{options.name} {number}",
                endpoint=f"http://{options.name}-{number}.example.com:8188",
                headers={"Authorization": f"Bearer only-for-benchmarks-{number}"},
                tags=["benchmark", options.name],
            )

    return program
