"""Stacks of inline programs: a function of a test or benchmark instead of a folder."""

from __future__ import annotations

import functools
import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi import automation as auto
from pulumi.automation._stack import StackInitMode
from semver import VersionInfo

from .engine import engine_environment, find_engine, version_of

Program = Callable[[], None]


def program_of(folder: Path) -> Program:
    """Return the program in a project's folder, to be run as the CLI would."""

    def program() -> None:
        sys.path.insert(0, str(folder))
        try:
            runpy.run_path(str(folder / "__main__.py"), run_name="__main__")
        finally:
            sys.path.remove(str(folder))

    return program


class Engine(auto.PulumiCommand):
    """The CLI in a folder of any name; the SDK would ask for a folder named `bin`."""

    def __init__(self) -> None:
        self.command = str(find_engine())
        self.version = _version()


class LeanStack(auto.Stack):
    """A stack whose ``up`` does not read outputs and configuration in the clear.

    The SDK starts the CLI three more times after each ``up``, two of them with decryption: more
    than the ``up`` of a small program takes. Outputs are read when :meth:`outputs` is called.
    """

    _updating = False

    def up(self, **options: Any) -> auto.UpResult:  # type: ignore[override]
        """Update the stack; the result has a summary, and no outputs."""
        self._updating = True
        try:
            return super().up(**options)
        finally:
            self._updating = False

    def outputs(self) -> auto.OutputMap:
        """Read the stack's outputs."""
        return {} if self._updating else super().outputs()

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary | None:  # noqa: ARG002
        """Return the last operation's summary, without the configuration's secrets."""
        history = self.history(page_size=1, show_secrets=False)
        return history[0] if history else None


def open_stack(
    program: Program,
    home: Path,
    *,
    project: str,
    stack: str = "dev",
    environment: Mapping[str, str] | None = None,
) -> auto.Stack:
    """Create or select a stack on a file backend below ``home``."""
    folder = home / "projects" / project
    folder.mkdir(parents=True, exist_ok=True)
    variables = engine_environment(home) | {"PULUMI_PYTHON_CMD": sys.executable}
    variables |= environment or {}
    settings = auto.ProjectSettings(
        name=project,
        runtime="python",
        backend=auto.ProjectBackend(url=variables["PULUMI_BACKEND_URL"]),
    )
    workspace = auto.LocalWorkspace(
        program=program,
        work_dir=str(folder),
        env_vars=variables,
        pulumi_command=Engine(),
        project_settings=settings,
    )
    there = list((home / "backend").glob(f".pulumi/stacks/{project}/{stack}.json"))
    return LeanStack(stack, workspace, StackInitMode.SELECT if there else StackInitMode.CREATE)


@functools.cache
def _version() -> VersionInfo:
    return VersionInfo(*version_of(find_engine()))
