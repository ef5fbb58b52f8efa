"""An operation on a stack that can be interrupted and killed, and the invariants afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Self

from tools.engine import ROOT

from .drive import Runners, declare
from .harness import Stack
from .processes import engines, providers

#: Seconds in which a provider has to end after its engine was killed.
ENDS_WITHIN = 15.0


class Operation:
    """Runs the CLI on a stack, in processes of its own; they end with the block."""

    def __init__(self, stack: Stack, runners: Runners, operation: str = "up") -> None:
        self._home = stack.home
        order = {
            "home": str(stack.home),
            "stack": stack.automation.name,
            "environment": stack.variables,
            "runners": runners,
            "front_end": stack.front_end,
            "operation": operation,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.drive"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order))
        self._process.stdin.close()
        self._process.stdin = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in engines(self._home):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.kill()
        self._process.communicate()

    def end(self, within: float = 60.0) -> str:
        """Wait until the operation and its provider have ended; returns what the user saw."""
        output, _ = self._process.communicate(timeout=within)
        wait_until(lambda: not providers(self._home), ENDS_WITHIN)
        return str(output)


def interrupt(stack: Stack) -> None:
    """Send the engine that works on the stack what Ctrl-C sends."""
    send(engines(stack.home), signal.SIGINT)


def kill_engines(stack: Stack) -> None:
    """Kill the engine that works on the stack."""
    send(engines(stack.home), signal.SIGKILL)


def kill_providers(stack: Stack) -> None:
    """Kill the provider process of the engine that works on the stack."""
    send(providers(stack.home), signal.SIGKILL)


def unlock(stack: Stack) -> None:
    """Remove the lock of a killed engine, as a user has to."""
    for file in (stack.home / "backend").rglob("*.attrs"):
        # The engine does not replace these at once, and can't read the state beside an empty one.
        if file.stat().st_size == 0:
            file.unlink()
    stack.automation.cancel()


def send(processes: list[int], number: signal.Signals) -> None:
    """Send a signal to those of the processes that live; there has to be one."""
    assert processes
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def wait_until(holds: Callable[[], Any], within: float = 30.0) -> None:
    """Return when a condition holds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def converge(
    stack: Stack, runners: Runners, there: Callable[[], Sequence[Any]], tries: int = 1
) -> None:
    """Run ``up``, at most so many times, and check that all is as the program says.

    ``there`` returns the runners of the account.
    """
    stack.run(declare(runners, stack.front_end))
    for left in reversed(range(tries)):
        if left == 0:
            stack.up()
        elif not stack.succeeds(stack.up):
            continue
        break
    owners = {resource["id"]: name for name, resource in stack.resources().items()}
    assert set(owners.values()) == set(runners)
    assert len(owners) == len(runners), "one runner in the state twice"
    found = {owners.pop(row["id"], None): row for row in there()}
    assert set(found) == set(runners), "a runner that nobody owns"
    for name, arguments in runners.items():
        assert {key: found[name][key] for key in arguments} == arguments
    stack.preview(expect_no_changes=True)


def check_clean(stack: Stack, *texts: str) -> None:
    """Check that no output and no file has a secret, and no output a traceback of ours."""
    seen = "".join([stack.output, *texts])
    assert "pulumi_comfycontrol/" not in seen
    assert "Traceback" not in seen
    for secret in ("hidden-header", stack.variables["COMFYCONTROL_API_TOKEN"]):
        assert secret not in seen
        assert secret not in stack.state_files()
