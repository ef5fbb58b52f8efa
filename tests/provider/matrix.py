"""All pairs of a fault and an operation, on host processes.

``python -m tests.provider.matrix`` prints the table of docs/faults.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc

from pulumi_comfycontrol.emulator import Emulator

from .host import Host

OPERATIONS = {"create": "POST", "read": "GET", "update": "PUT", "delete": "DELETE"}
VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}
CHANGED = VALUES | {"name": "Changed"}
#: Seconds; the delay is longer than the read timeout.
READ_TIMEOUT, DELAY = 1.0, 1.6
FAULTS: dict[str, dict[str, Any]] = {
    "400": {"kind": "status", "status": 400, "message": "bad"},
    "401": {"kind": "status", "status": 401, "message": "Unauthorized"},
    "403": {"kind": "status", "status": 403, "message": "no"},
    "429": {"kind": "status", "status": 429, "message": "Too many requests"},
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "status", "status": 502},
    "503": {"kind": "status", "status": 503},
    "504": {"kind": "status", "status": 504},
    "524": {"kind": "status", "status": 524},
    "524 after acting": {"kind": "status_after", "status": 524},
    "500 after acting": {"kind": "status_after", "status": 500},
    "HTML 502": {"kind": "html", "status": 502},
    "HTML 200 after acting": {"kind": "html_after", "status": 200},
    "empty 200": {"kind": "empty"},
    "cut-off answer": {"kind": "truncate"},
    "dropped before acting": {"kind": "drop_before"},
    "dropped after acting": {"kind": "drop_after"},
    "timeout before acting": {"kind": "delay", "delay": DELAY},
    "timeout after acting": {"kind": "delay_after", "delay": DELAY},
}


@dataclass
class Outcome:
    """Result of an operation with a fault."""

    #: Result when the fault came once: the message, or "" when the operation succeeded.
    once: str = ""
    #: The methods of the requests that were sent then.
    requests: list[str] = field(default_factory=list)
    #: The message when the fault came to every request, or "".
    lasting: str = ""
    #: How many objects there are, and have to be, after everything was done again without fault.
    objects: int = 0
    expected: int = 0


Outcomes = dict[tuple[str, str], Outcome]


def run(folder: Path, front_end: type[Host] = Host) -> Outcomes:
    """Return the outcome of every pair; the operations with one fault share a host process."""
    # The deletion comes first, for the process's first one is verified more thoroughly.
    batches = [(fault, [*reversed(OPERATIONS)]) for fault in FAULTS if fault != "429"]
    # A cool-down lasts, so each operation with it has a host of its own.
    batches += [("429", [operation]) for operation in OPERATIONS]
    # Most of the time is spent waiting: for timeouts, backoff and cool-downs.
    with ThreadPoolExecutor(12) as threads:
        outcomes = threads.map(lambda batch: _run_batch(*batch, folder, front_end), batches)
        return {pair: outcome for batch in outcomes for pair, outcome in batch.items()}


def _run_batch(fault: str, operations: list[str], folder: Path, front_end: type[Host]) -> Outcomes:
    variables = {
        "COMFYCONTROL_STATE_DIR": str(folder / f"{fault} {operations[0]}"),
        "COMFYCONTROL_READ_TIMEOUT": str(READ_TIMEOUT),
        "COMFYCONTROL_OPERATION_TIMEOUT": "12" if fault == "429" else "3",
    }
    outcomes = {}
    with Emulator(rate_limit=False) as emulator, front_end(emulator, **variables) as host:
        host.create("before", **VALUES)  # the first one of a stack in a new folder has a GET more
        for operation in operations:
            outcomes[fault, operation] = _run_pair(fault, operation, emulator, host)
    return outcomes


def _run_pair(fault: str, operation: str, emulator: Emulator, host: Host) -> Outcome:
    outcome = Outcome()
    others = {runner["id"] for runner in emulator.runners.all()}
    one = _prepare(operation, host, f"{operation}-one")
    two = _prepare(operation, host, f"{operation}-two")
    emulator.clear_requests()
    emulator.fault(method=OPERATIONS[operation], **FAULTS[fault])
    outcome.once = _message(one)
    outcome.requests = [request.method for request in emulator.requests]
    emulator.clear_faults()
    emulator.fault(method=OPERATIONS[operation], times=None, **FAULTS[fault])
    outcome.lasting = _message(two)
    emulator.clear_faults()
    # The user's next step.
    failed = [step for step, text in ((one, outcome.once), (two, outcome.lasting)) if text]
    again = [text for text in map(_message, failed) if text]
    assert not again, again
    made = [runner for runner in emulator.runners.all() if runner["id"] not in others]
    outcome.objects = len(made)
    outcome.expected = 0 if operation == "delete" else 2
    name = CHANGED["name"] if operation == "update" else operation
    assert {runner["name"] for runner in made} <= {name}
    return outcome


def _prepare(operation: str, host: Host, name: str) -> Callable[[], Any]:
    """Return the operation on a runner of that resource name."""
    values = VALUES | {"name": operation}
    if operation == "create":
        return lambda: host.create(name, **values)
    id_, known = host.create(name, **values)
    if operation == "read":

        def read() -> None:
            found, _ = host.read(name, id_, known)
            assert found == id_, "a fault made the runner look gone"

        return read
    if operation == "update":
        return lambda: host.update(name, id_, known, **CHANGED)
    return lambda: host.delete(name, id_, known)


def _message(step: Callable[[], Any]) -> str:
    try:
        step()
    except grpc.RpcError as error:
        return str(error.details())
    return ""


def table(outcomes: Outcomes) -> str:
    """Write the outcomes as a table in Markdown."""
    lines = ["| fault, once | " + " | ".join(OPERATIONS) + " |", "|---" * 5 + "|"]
    for fault in FAULTS:
        cells = [_cell(outcomes[fault, operation]) for operation in OPERATIONS]
        lines.append(f"| {fault} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(outcome: Outcome) -> str:
    sent = ", ".join(outcome.requests)
    return f"{'refused' if outcome.once else 'done'}: {sent}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state:
        print(table(run(Path(state))))
