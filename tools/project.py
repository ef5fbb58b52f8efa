"""Opens a stack of an inline program: a function of a test or benchmark, instead of a folder."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi import automation as auto
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
    """The CLI that was found, whatever its folder is called; the SDK asks for one named `bin`."""

    def __init__(self) -> None:
        engine = find_engine()
        self.command = str(engine)
        self.version = VersionInfo(*version_of(engine))


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
    return auto.create_or_select_stack(
        stack_name=stack,
        project_name=project,
        program=program,
        opts=auto.LocalWorkspaceOptions(
            work_dir=str(folder),
            env_vars=variables,
            pulumi_command=Engine(),
            project_settings=settings,
        ),
    )
