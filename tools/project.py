"""Runs a Pulumi project or function on the engine, as an inline program.

The engine that is built from source lacks the part that starts a project's ``__main__.py``;
the SDK's Automation API has one of its own, and runs the file unchanged.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi import automation as auto

from .engine import engine_environment, find_engine

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
    variables = engine_environment(home) | dict(environment or {})
    command = auto.PulumiCommand(root=str(find_engine().parent.parent))
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
            pulumi_command=command,
            project_settings=settings,
        ),
    )
