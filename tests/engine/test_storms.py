"""Many faults at once on the real engine: nothing is lost, nothing is made twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_comfycontrol.emulator import Emulator

from .drive import declare
from .harness import Stack
from .operation import Operation, check_clean, converge, wait_until

MakeStack = Callable[..., Stack]
READY = "ComfyControl emulator ready at "
#: Together they hit three of ten requests.
STORM: tuple[tuple[str, dict[str, Any]], ...] = (
    ("status", {"status": 500}),
    ("status", {"status": 502}),
    ("status", {"status": 503}),
    ("drop_before", {}),
    ("drop_after", {}),
    ("truncate", {}),
)
FAST = {"COMFYCONTROL_QUOTA": "100000/10"}


def fleet(count: int, **arguments: Any) -> dict[str, dict[str, Any]]:
    """Runners of which each two are equal."""
    return {
        f"r{number}": {
            "name": f"R{number // 2}",
            "endpoint": "https://comfy.example.com",
            "headers": {"Authorization": "Bearer hidden-header"},
            **arguments,
        }
        for number in range(count)
    }


@pytest.mark.soak
def test_a_storm_of_errors(stack: MakeStack, emulator: Emulator) -> None:
    """Up, refresh and destroy succeed after a few tries, and leave what they should."""
    emulator.settings.change({"rate_limit": False})
    one = stack(declare(fleet(12)), **FAST)
    weather(emulator)
    repeat(one, one.up)
    repeat(one, one.refresh)
    one.run(declare(fleet(12, tags=["changed"])))
    repeat(one, one.up)
    hit = [request for request in emulator.requests if request.fault]
    assert len(hit) > 10
    emulator.clear_faults()
    emulator.clear_requests()
    converge(one, fleet(12, tags=["changed"]), emulator.runners.all)
    assert emulator.requests == []
    weather(emulator)
    repeat(one, one.destroy)
    assert emulator.runners.all() == []
    check_clean(one)


def weather(emulator: Emulator) -> None:
    """Order the storm."""
    for seed, (kind, options) in enumerate(STORM):
        emulator.fault(kind, times=None, probability=0.058, seed=seed, **options)


def repeat(stack: Stack, operation: Callable[[], Any]) -> None:
    """Repeat an operation, as the message of a failed one advises."""
    assert any(stack.succeeds(operation) for _ in range(6))


class OwnEmulator:
    """An emulator as a process that can be killed, and started again where it was."""

    token = "cfc_emulator"

    def __init__(self, db: Path) -> None:
        self._db = db
        self.url = "http://127.0.0.1:0"
        self.start()

    def start(self) -> None:
        """Start it on the port that it had before."""
        options = ["--port", self.url.rpartition(":")[2], "--db", str(self._db)]
        command = [sys.executable, "-m", "pulumi_comfycontrol.emulator", *options]
        self._process = subprocess.Popen(
            [*command, "--latency", "0.1", "--no-rate-limit", "--quiet"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        ready = next(line for line in self._process.stdout if line.startswith(READY))
        self.url = ready.removeprefix(READY).strip()

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.communicate()

    def ask(self, what: str) -> Any:
        """The answer of its control API."""
        return requests.get(f"{self.url}/emulator/{what}", timeout=10).json()


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnEmulator]:
    """An emulator as a process, which keeps its data outside of the stack's home."""
    emulator = OwnEmulator(tmp_path_factory.mktemp("emulator") / "state.sqlite3")
    yield emulator
    emulator.kill()


@pytest.mark.soak
def test_an_emulator_that_restarts_in_the_middle(own: OwnEmulator, tmp_path: Path) -> None:
    """An `up` of 30 runners goes on after a break, and each runner is there once."""
    runners = fleet(30)
    one = Stack(declare(runners), tmp_path, own, **FAST)  # type: ignore[arg-type]
    with Operation(one, runners) as operation:
        wait_until(lambda: len(own.ask("requests")) >= 10)
        own.kill()
        time.sleep(1)
        own.start()
        output = operation.end()
    assert "+ 31 created" in output
    converge(one, runners, lambda: own.ask("runners"))
    check_clean(one, output)


def test_a_state_folder_that_cannot_be_used(
    stack: MakeStack, emulator: Emulator, tmp_path: Path
) -> None:
    """Everything works without it, also when an answer is lost, and a warning says what to do."""
    (tmp_path / "file").write_text("")
    runners = fleet(2)
    one = stack(declare(runners), COMFYCONTROL_STATE_DIR=str(tmp_path / "file" / "state"))
    emulator.fault("drop_after", "POST")
    converge(one, runners, emulator.runners.all)
    assert "set COMFYCONTROL_STATE_DIR to a folder that can be written to" in one.output
    check_clean(one)
