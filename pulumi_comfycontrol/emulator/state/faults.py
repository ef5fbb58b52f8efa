"""Faults: simulated failures of coming requests, ordered by a test."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import field, fields
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema

from .switch import STRICT, Seconds

#: kind → whether the request is carried out before the fault happens
FAULTS = {
    "status": False,  # answers ``status`` with ``message``
    "status_after": True,
    "html": False,  # answers ``status`` with an HTML page
    "html_after": True,
    "empty": True,  # answers 200 without a body
    "truncate": True,  # sends half of the answer, and closes the connection
    "drop_before": False,  # closes the connection without an answer
    "drop_after": True,
    "drop_late": False,  # closes the connection, and carries the request out ``delay`` s later
    "delay": False,  # waits ``delay`` seconds, then goes on normally
    "delay_after": True,
    "kill_before": False,  # ends the emulator's process by SIGKILL
    "kill_after": True,
    "call": True,  # calls a Python function, then answers normally
}


def _known(kind: str) -> str:
    if kind not in FAULTS:
        msg = f"the faults are {', '.join(FAULTS)}"
        raise ValueError(msg)
    return kind


#: The faults that can be ordered over HTTP.
_NAMES: Any = {"enum": [kind for kind in FAULTS if kind != "call"]}


@dataclass(config=STRICT)
class Fault:
    """A simulated failure of matching requests.

    ``method`` and ``path`` are shell patterns; the path is that of the URL, with /v1.
    ``times`` None means for ever; ``skip`` lets that many matching requests pass first;
    ``probability`` is drawn for each request from a sequence that ``seed`` starts; ``delay`` is
    real seconds, for ``drop_late`` those of the emulator's clock; ``retry_after`` is the header's
    text. Raises ValueError for an impossible fault.
    """

    kind: Annotated[str, AfterValidator(_known), Field(json_schema_extra=_NAMES)]
    method: str = "*"
    path: str = "*"
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    seed: int = 0
    status: Annotated[int, Field(ge=200, le=599)] = 500
    message: str = "internal server error"
    delay: Seconds = 0.0
    retry_after: Annotated[str, Field(pattern="^[ -~]*$")] | None = None
    function: SkipJsonSchema[Callable[[], Any] | None] = field(default=None, repr=False)
    number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if (self.kind == "call") != callable(self.function):
            msg = "a function belongs to the fault 'call', and to no other"
            raise ValueError(msg)
        self.method = self.method.upper()
        self._random = random.Random(self.seed)

    @property
    def acts_first(self) -> bool:
        """Whether the request is carried out before the fault happens."""
        return FAULTS[self.kind]

    def as_json(self) -> dict[str, Any]:
        """The fault as plain data."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "function"}

    def hits(self, method: str, path: str) -> bool:
        """Whether the fault hits this request; counts ``skip`` and draws ``probability``."""
        if not (fnmatchcase(method, self.method) and fnmatchcase(path, self.path)):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        return self._random.random() < self.probability


class Faults:
    """The pending faults; may be shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Add a pending fault."""
        with self._lock:
            fault.number = next(self._numbers)
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Cancel all faults."""
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        """The faults that are left, in the order in which they are tried."""
        with self._lock:
            return list(self._faults)

    def pick(self, method: str, path: str) -> Fault | None:
        """Return the first fault that hits this request, and count it as used."""
        with self._lock:
            for fault in self._faults:
                if fault.hits(method, path):
                    if fault.times is not None:
                        fault.times -= 1
                        if not fault.times:
                            self._faults.remove(fault)
                    return fault
        return None
