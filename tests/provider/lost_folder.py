"""All pairs of an interruption of a create and a protection of the next run.

``python -m tests.provider.lost_folder`` prints the table of docs/faults.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from pulumi_comfycontrol.emulator import Emulator

from ..postgres import PostgresServer
from .host import Host

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}
#: The inputs of the killed run's create and of the next run.
DISABLED = VALUES | {"status": "disabled"}
#: Interruption → the faults that make it.
INTERRUPTIONS: dict[str, list[dict[str, Any]]] = {
    "killed before the POST acted": [{"kind": "kill_before", "method": "POST"}],
    "killed after the POST acted": [{"kind": "kill_after", "method": "POST"}],
    "answer lost, and no list can be read": [
        {"kind": "drop_after", "method": "POST"},
        {"kind": "status", "method": "GET", "times": None, "skip": 1, "status": 500},
    ],
    "killed between POST and PUT": [{"kind": "kill_before", "method": "PUT"}],
}
KEPT, STORE = "folder kept", "folder lost, store"
#: Protection → its environment.
PROTECTIONS: dict[str, dict[str, str]] = {
    KEPT: {},
    "folder lost": {},
    "folder lost, `fail`": {"COMFYCONTROL_IF_EXISTS": "fail"},
    "folder lost, `adopt`": {"COMFYCONTROL_IF_EXISTS": "adopt"},
    STORE: {"COMFYCONTROL_STORE": ""},
}


@dataclass
class Outcome:
    """Result of the next run."""

    #: Its message, or "" when it succeeded.
    message: str
    #: The ids of the runners before and after it.
    before: list[str]
    after: list[str]

    def __str__(self) -> str:
        count = f"{len(self.after)} runner{'s' if len(self.after) > 1 else ''}"
        return f"refused, {count}" if self.message else count


Outcomes = dict[tuple[str, str], Outcome]


def run(folder: Path, new_store: Callable[[], str]) -> Outcomes:
    """Return the outcome of every pair; ``new_store`` returns the URL of an empty database."""
    pairs = [(one, other) for one in INTERRUPTIONS for other in PROTECTIONS]
    with ThreadPoolExecutor(4) as threads:
        outcomes = threads.map(lambda pair: _run(*pair, folder, new_store), pairs)
        return dict(zip(pairs, outcomes, strict=True))


def _run(interruption: str, protection: str, folder: Path, new_store: Callable[[], str]) -> Outcome:
    first = folder / interruption / protection
    second = first if protection == KEPT else first / "other"
    environment = dict(PROTECTIONS[protection])
    if protection == STORE:
        environment["COMFYCONTROL_STORE"] = new_store()
    hosts: list[Host] = []

    def kill() -> None:
        hosts[0].process.kill()

    with Emulator(rate_limit=False, kill=kill) as emulator:
        for fault in INTERRUPTIONS[interruption]:
            emulator.fault(**fault)
        impatient = {"COMFYCONTROL_OPERATION_TIMEOUT": "1", **environment}
        with Host(emulator, COMFYCONTROL_STATE_DIR=str(first), **impatient) as host:
            hosts.append(host)
            with suppress(grpc.RpcError):
                host.create("gpu", **DISABLED)
        emulator.clear_faults()
        before = [row["id"] for row in emulator.runners.all()]
        message = ""
        with Host(emulator, COMFYCONTROL_STATE_DIR=str(second), **environment) as host:
            try:
                host.create("gpu", **DISABLED)
            except grpc.RpcError as error:
                message = str(error.details())
        return Outcome(message, before, [row["id"] for row in emulator.runners.all()])


def table(outcomes: Outcomes) -> str:
    """Write the outcomes as a table in Markdown."""
    lines = [f"| the create's run | {' | '.join(PROTECTIONS)} |", "|---" * 6 + "|"]
    lines += [
        f"| {one} | {' | '.join(str(outcomes[one, two]) for two in PROTECTIONS)} |"
        for one in INTERRUPTIONS
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state, closing(PostgresServer()) as server:
        print(table(run(Path(state), server.database)))
