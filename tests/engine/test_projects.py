"""The example projects and the demo, run as they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT
from tools.project import program_of

from .harness import Stack


def test_runner_example(stack: Callable[..., Stack], emulator: Emulator) -> None:
    """examples/runner goes up, previews empty, and is destroyed."""
    one = stack(program_of(ROOT / "examples" / "runner"), project="runner")
    one.set_config("runner:runnerAuthorization", "Bearer example-header", secret=True)
    one.up()
    assert one.preview() == {}
    assert one.destroy() == {"delete": 2}
    assert "example-header" not in one.output + one.state_files()


def test_fleet_example(stack: Callable[..., Stack], emulator: Emulator) -> None:
    """examples/fleet registers each machine of its file under a stable name."""
    one = stack(program_of(ROOT / "examples" / "fleet"), project="fleet")
    one.set_config("fleet:authorization", "Bearer example-header", secret=True)
    one.up()
    assert {"studio", "render-1", "render-2"} == set(one.resources())
    assert one.preview() == {}
    one.destroy()
    assert emulator.runners() == []


def test_demo() -> None:
    """`make demo`'s own program passes all its checks and says what to do next."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What to do next" in done.stdout
    assert "only-for-the-demo" not in done.stdout + done.stderr
