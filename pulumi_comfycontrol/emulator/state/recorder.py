"""A record of every request to /v1, without tokens and values of runners' headers."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

_TOKEN = re.compile(r"cfc_[A-Za-z0-9]+")
_USER = re.compile(r"(?<=://)[^/?#\s]*@")


@dataclass
class Record:
    """A request to /v1.

    ``at`` is seconds of the emulator's monotonic clock at arrival, ``time`` is in UTC.

    ``account`` and ``status`` are None until they are known; ``status`` stays None where the
    connection was closed without an answer.
    """

    number: int
    at: float
    time: str
    method: str
    path: str
    query: dict[str, str]
    client: str
    user_agent: str
    body: Any
    account: str | None = None
    status: int | None = None
    fault: str | None = None


class Recorder:
    """A list of requests that threads may share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._count = 0

    def add(self, **values: Any) -> Record:
        """Record an arrival; the caller sets the other attributes later."""
        with self._lock:
            self._count += 1
            record = Record(number=self._count, **values)
            self._records.append(record)
            return record

    def all(self) -> list[Record]:
        """Return the requests in the order of their arrival."""
        with self._lock:
            return list(self._records)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._records.clear()
            self._count = 0

    def summary(self, window: float) -> dict[str, Any]:
        """Count by method and by status, and the most arrivals within any ``window`` seconds."""
        records = self.all()
        times = sorted(record.at for record in records)
        most, first = 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - window:
                first += 1
            most = max(most, last - first + 1)
        return {
            "requests": len(records),
            "by_method": dict(Counter(record.method for record in records)),
            "by_status": dict(Counter(str(record.status) for record in records)),
            "most_in_window": most,
            "window": window,
        }

    def as_json(self, after: int = 0) -> list[dict[str, Any]]:
        """The requests after the one with the number ``after``, as plain data."""
        return [asdict(record) for record in self.all()[after:]]


def mask(value: Any) -> Any:
    """Hide the values of headers, tokens, and the user in a URL, however deep they are."""
    if isinstance(value, dict):
        return {
            mask(key): _mask_headers(one) if key == "headers" else mask(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [mask(one) for one in value]
    if isinstance(value, str):
        return _USER.sub("***@", _TOKEN.sub("cfc_***", value))
    return value


def _mask_headers(headers: Any) -> Any:
    return dict.fromkeys(headers, "***") if isinstance(headers, dict) else "***"
