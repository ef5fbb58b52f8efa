"""Stacks of inline programs: a function of a test or benchmark instead of a folder."""

from __future__ import annotations

import asyncio
import functools
import json
import runpy
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi import automation as auto
from pulumi.automation import _stack
from pulumi.automation._server import LanguageServer
from pulumi.automation._stack import StackInitMode
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
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


class ClosingServer(LanguageServer):
    """A server of an inline program that leaves no open event loop behind.

    Of the tasks that a failed program leaves, the SDK cancels one after the other, and stops at the
    first that ends with an error of its own. What is left then complains when it is collected.
    """

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Run the program."""
        program, loops = self.program, []

        def noted() -> Any:
            loops.append(asyncio.get_running_loop())
            return program()

        self.program = noted
        try:
            return super().Run(request, context)
        finally:
            self.program = program
            for loop in loops:
                if not loop.is_closed():
                    loop.run_until_complete(_cancel_all())
                    loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# An engine may get the port of an earlier one that has ended. With the pool that all channels
# share, its channel would get the old connection, which refuses calls for about a second.
_GRPC_CHANNEL_OPTIONS.append(("grpc.use_local_subchannel_pool", 1))
_stack.LanguageServer = ClosingServer  # type: ignore[misc]  # the SDK has no other way in


class LeanStack(auto.Stack):
    """A stack on a file backend that reads there what the SDK would start the CLI for.

    After each ``up``, the SDK starts the CLI three more times, two of them with decryption: more
    than the ``up`` of a small program takes. Outputs are read when :meth:`outputs` is called.
    """

    _updating = False

    def __init__(self, name: str, workspace: auto.LocalWorkspace, home: Path) -> None:
        project = workspace.project_settings().name
        state = Path("backend", ".pulumi", "stacks", project, f"{name}.json")
        self._history = home / "backend" / ".pulumi" / "history" / project / name
        #: The file with the stack's resources, of which secrets are encrypted.
        self.state_file = home / state
        if not self.state_file.exists():
            for path, content in _new_stack(project, name).items():
                (home / path).parent.mkdir(parents=True, exist_ok=True)
                (home / path).write_bytes(content)
        self.name, self.workspace, self._mode = name, workspace, StackInitMode.SELECT

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
        """Return the last operation's summary, without the configuration."""
        files = sorted(self._history.glob("*.history.json"))
        if not files:
            return None
        last = json.loads(files[-1].read_text())
        return auto.UpdateSummary(
            kind=last["kind"],
            start_time=datetime.fromtimestamp(last["startTime"], UTC),
            message=last["message"],
            environment=last["environment"],
            config={},
            result=last["result"],
            resource_changes=last.get("resourceChanges"),
        )


@functools.cache
def _new_stack(project: str, stack: str) -> dict[Path, bytes]:
    """The files of a new stack below its home, as the CLI writes them; made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _workspace(lambda: None, home, project, {}).create_stack(stack)
        made = [
            *(home / "backend").rglob("*.*"),
            home / "projects" / project / f"Pulumi.{stack}.yaml",
        ]
        return {path.relative_to(home): path.read_bytes() for path in made if path.is_file()}


def open_stack(
    program: Program,
    home: Path,
    *,
    project: str,
    stack: str = "dev",
    environment: Mapping[str, str] | None = None,
) -> LeanStack:
    """Create or select a stack on a file backend below ``home``."""
    return LeanStack(stack, _workspace(program, home, project, environment or {}), home)


def _workspace(
    program: Program, home: Path, project: str, environment: Mapping[str, str]
) -> auto.LocalWorkspace:
    folder = home / "projects" / project
    folder.mkdir(parents=True, exist_ok=True)
    variables = {
        **engine_environment(home),
        "PULUMI_PYTHON_CMD": sys.executable,
        **environment,
    }
    settings = auto.ProjectSettings(
        name=project,
        runtime="python",
        backend=auto.ProjectBackend(url=variables["PULUMI_BACKEND_URL"]),
    )
    return auto.LocalWorkspace(
        program=program,
        work_dir=str(folder),
        env_vars=variables,
        pulumi_command=Engine(),
        project_settings=settings,
    )


@functools.cache
def _version() -> VersionInfo:
    return VersionInfo(*version_of(find_engine()))
