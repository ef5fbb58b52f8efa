"""``make demo``: the life of one runner on the Pulumi CLI, against a local ComfyControl.

Runs a user's commands in a copy of examples/runner, prints each before its output, and checks its
effect.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from pulumi_comfycontrol.emulator import Emulator

from .engine import ROOT, MissingEngineError, engine_environment
from .examples import copy_example

EXAMPLE = ROOT / "examples" / "runner"
_BOLD, _DIM, _PLAIN = "\033[1m", "\033[2m", "\033[0m"
_NEXT = """
That was a runner's whole life. The README says how to go on by yourself:
"Install", then "Try it by hand" with an emulator, or "With an account".
"""


class DemoError(Exception):
    """Step without the promised effect; the text is a sentence."""


def main() -> int:
    """Run all steps; returns 0 only when each had the promised effect."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with Emulator() as emulator, tempfile.TemporaryDirectory(prefix="comfycontrol-") as home:
            _steps(emulator, Shell(Path(home), emulator))
    except (DemoError, MissingEngineError) as error:
        sys.stderr.write(f"\ndemo: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ndemo: interrupted; nothing is left running\n")
        return 130
    _print(_NEXT)
    return 0


def _steps(emulator: Emulator, shell: Shell) -> None:
    _print("A copy of examples/runner; a ComfyControl emulator listens on this machine.")
    shell.run("pulumi stack init dev")
    shell.run("pulumi config set --secret runnerAuthorization 'Bearer only-for-the-demo'")

    shell.run("pulumi preview", "what would happen; nothing is sent")
    _expect(not emulator.requests, "the preview sent a request")

    shell.run("pulumi up --skip-preview", "register the runner")
    [runner] = emulator.runners.all()
    shell.run("pulumi preview --expect-no-changes", "once more: nothing is left to do")

    emulator.runners.edit(runner["id"], tags=["experiments"], status="disabled")
    _print(f"\n{_BOLD}Somebody changes the runner's tags in the dashboard,{_PLAIN}")
    _print(f"{_BOLD}and switches it off.{_PLAIN}")
    shell.run("pulumi refresh --skip-preview --diff", "see what was changed")

    shell.run("pulumi up --skip-preview", "repair the tags; the status is not declared")
    [repaired] = emulator.runners.all()
    _expect(repaired["tags"] == runner["tags"], "the tags were not repaired")
    _expect(repaired["status"] == "disabled", "the status was changed")

    shell.run("pulumi destroy --skip-preview", "remove the runner")
    _expect(not emulator.runners.all(), "the runner is still there")


class Shell:
    """A copy of the example, and the terminal in which a user would work on it."""

    def __init__(self, home: Path, emulator: Emulator) -> None:
        self._folder = copy_example(EXAMPLE, home / "runner")
        # In place of `pulumi install`, which would fetch the package once more.
        (self._folder / "venv").symlink_to(sys.prefix)
        self._environment = os.environ | engine_environment(home)
        self._environment |= {
            "COMFYCONTROL_API_URL": emulator.url,
            "COMFYCONTROL_API_TOKEN": emulator.token,
        }

    def run(self, command: str, meaning: str = "") -> None:
        """Show a command and its output; one that fails ends the demo."""
        _print(
            f"\n{_BOLD}$ {command}{_PLAIN}" + (f"   {_DIM}# {meaning}{_PLAIN}" if meaning else "")
        )
        process = subprocess.Popen(command, shell=True, cwd=self._folder, env=self._environment)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)  # only a terminal has echoed it already
            process.wait()
            raise
        _expect(code == 0, "the command failed; what it said is above")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoError(otherwise)


def _print(text: str) -> None:
    if not sys.stdout.isatty():
        for code in (_BOLD, _DIM, _PLAIN):
            text = text.replace(code, "")
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
