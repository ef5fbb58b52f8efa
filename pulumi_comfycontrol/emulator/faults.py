"""Faults to order: what goes wrong with which requests, and how often."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

#: kind → whether the request is carried out before the fault happens
KINDS = {
    "status": False,  # answers ``status`` with ``message``
    "status_after": True,
    "html": False,  # answers ``status`` with an HTML page
    "html_after": True,
    "empty": True,  # answers 200 without a body
    "truncate": True,  # sends half of the answer
    "drop_before": False,  # closes the connection
    "drop_after": True,
    "delay": False,  # waits ``delay`` seconds, then goes on normally
    "delay_after": True,
    "kill_before": False,  # SIGKILL to the emulator's process
    "kill_after": True,
    "call": True,  # calls a Python function, then goes on normally
}


@dataclass
class Fault:
    """``times`` None means for ever; ``skip`` lets that many matching requests pass first."""

    kind: str
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    status: int = 500
    message: str = "internal server error"
    delay: float = 0.0
    retry_after: str | None = None
    function: Callable[[], None] | None = field(default=None, repr=False)
    number: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            msg = f"unknown fault '{self.kind}'; the faults are {', '.join(KINDS)}"
            raise ValueError(msg)

    @property
    def acts_first(self) -> bool:
        """Whether the request is carried out all the same."""
        return KINDS[self.kind]


class Faults:
    """The faults that are on order; may be shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []
        self._random = random.Random(0)

    def add(self, fault: Fault) -> Fault:
        """Order a fault."""
        with self._lock:
            fault.number = next(self._numbers)
            self._faults.append(fault)
        return fault

    def clear(self, seed: int = 0) -> None:
        """Cancel all faults, and start the random numbers of ``probability`` again."""
        with self._lock:
            self._faults.clear()
            self._random.seed(seed)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the faults that are left as plain data."""
        with self._lock:
            return [asdict(fault) | {"function": None} for fault in self._faults]

    def pick(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, and use it up."""
        with self._lock:
            for fault in self._faults:
                if not (fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path)):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if self._random.random() >= fault.probability:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None
