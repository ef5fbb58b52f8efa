"""Every request to /v1, with its time; never a token or the value of a runner's header."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Record:
    """``at`` is seconds of the emulator's monotonic clock at arrival."""

    number: int
    at: float
    time: str
    method: str
    path: str
    query: dict[str, str]
    client: str
    user_agent: str
    body: Any
    status: int | None = None
    fault: str | None = None


class Recorder:
    """A list of requests that threads may share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._count = 0

    def add(self, **values: Any) -> Record:
        """Note an arrival; the caller fills in the status later."""
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

    def as_json(self) -> list[dict[str, Any]]:
        """Return all requests as plain data."""
        return [asdict(record) for record in self.all()]


def mask(body: Any) -> Any:
    """Hide the values of a runner's headers."""
    if isinstance(body, dict) and isinstance(body.get("headers"), dict):
        return {**body, "headers": dict.fromkeys(body["headers"], "***")}
    return body
