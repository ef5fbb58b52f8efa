"""``make demo``: the life of one runner on the real engine, against a local ComfyControl.

Each step shows the command that a user would type, then the engine's own output, and checks
what it is about.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from pulumi import automation as auto

from .engine import ROOT, MissingEngineError
from .project import open_stack, program_of

EXAMPLE = ROOT / "examples" / "runner"
TOKEN = "cfc_emulator"
_READY = "ComfyControl emulator ready at "
_NEXT = """
That was a runner's whole life, on the real engine. What to do next:

  pip install pulumi-comfycontrol[emulator]
  comfycontrol-emulator                        a ComfyControl of your own, on port 8787
  export COMFYCONTROL_API_URL=http://127.0.0.1:8787 COMFYCONTROL_API_TOKEN=cfc_emulator
  pulumi up                                    in a copy of examples/runner

With an account, leave COMFYCONTROL_API_URL unset and use a token from the dashboard.
"""


class DemoError(Exception):
    """A step did not do what it promises, as a sentence."""


def main() -> int:
    """Run all steps; returns 0 only when each did what it promises."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with _emulator() as url, tempfile.TemporaryDirectory(prefix="comfycontrol-") as home:
            _steps(url, Path(home))
    except (DemoError, MissingEngineError) as error:
        sys.stderr.write(f"\ndemo: {error}\n")
        return 1
    except auto.CommandError:
        sys.stderr.write("\ndemo: the engine failed; what it said is above\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ndemo: interrupted; nothing is left running\n")
        return 130
    sys.stdout.write(_NEXT)
    return 0


def _steps(url: str, home: Path) -> None:
    environment = {"COMFYCONTROL_API_URL": url, "COMFYCONTROL_API_TOKEN": TOKEN}
    stack = open_stack(program_of(EXAMPLE), home, project="runner", environment=environment)
    secret = auto.ConfigValue("Bearer only-for-the-demo", secret=True)
    stack.set_config("runner:runnerAuthorization", secret)

    _title("pulumi preview", "what would happen; nothing is sent")
    stack.preview(on_output=_show)
    _expect(not _get(url, "requests"), "the preview sent a request")

    _title("pulumi up", "register the runner")
    stack.up(on_output=_show)
    [runner] = _get(url, "runners")

    _title("pulumi preview --expect-no-changes", "once more: nothing is left to do")
    stack.preview(on_output=_show, expect_no_changes=True)

    _title("(somebody edits the runner's tags and switches it off in the dashboard)", "drift")
    edit = {"tags": ["experiments"], "status": "disabled"}
    answer = requests.put(f"{url}/emulator/runners/{runner['id']}", json=edit, timeout=10)
    answer.raise_for_status()
    _show(f"  tags {runner['tags']} became {answer.json()['tags']}")

    _title("pulumi refresh", "see what was changed outside")
    changes = stack.refresh(on_output=_show).summary.resource_changes or {}
    _expect(changes.get("update") == 1, "the refresh did not see the edit")

    _title("pulumi up", "repair the tags; the status is not the program's, so it stays")
    stack.up(on_output=_show)
    [repaired] = _get(url, "runners")
    _expect(repaired["tags"] == runner["tags"], "the tags were not repaired")

    _title("pulumi destroy", "remove the runner")
    stack.destroy(on_output=_show)
    _expect(not _get(url, "runners"), "the runner is still there")


@contextlib.contextmanager
def _emulator() -> Iterator[str]:
    """Run an emulator in a process of its own, and end it in any case."""
    command = [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", "0", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        for line in process.stdout or ():
            if line.startswith(_READY):
                yield line.removeprefix(_READY).strip()
                return
        msg = "the emulator did not start"
        raise DemoError(msg)
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _interrupt(*_: object) -> None:
    # The SDK's threads that read the engine's output would each show a traceback.
    threading.excepthook = lambda _arguments: None
    raise KeyboardInterrupt


def _get(url: str, what: str) -> Any:
    answer = requests.get(f"{url}/emulator/{what}", timeout=10)
    answer.raise_for_status()
    return answer.json()


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoError(otherwise)


def _title(command: str, meaning: str) -> None:
    _show(f"\n=== {command}\n    {meaning}\n")


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
