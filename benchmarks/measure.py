"""Measurements of one piece of work: its time, and its requests as seen by the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

LIMIT = 40
WINDOW = 10.0
TOO_MANY = 429


class Conditions(NamedTuple):
    """The server's behaviour and the provider's settings; times are in seconds.

    ``window`` None switches the limit off on both sides.
    """

    window: float | None = WINDOW
    latency: float = 0.1

    @property
    def quota(self) -> str:
        """The value of COMFYCONTROL_QUOTA."""
        return "100000/10" if self.window is None else f"{LIMIT}/{self.window:g}"


LIMITED = Conditions()
#: What is left is the time of engine, provider and machine.
FREE = Conditions(window=None, latency=0.0)


class Arrival(NamedTuple):
    """A request; ``at`` is seconds of the server's monotonic clock."""

    at: float
    method: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One piece of work: seconds from start to end, and its requests in order of arrival."""

    seconds: float
    arrivals: Sequence[Arrival]
    #: Seconds until each of several stacks was done.
    finished: Sequence[float] = ()

    @property
    def requests(self) -> int:
        """The number of requests that arrived, including rejected ones."""
        return len(self.arrivals)

    @property
    def refused(self) -> int:
        """The number of requests answered by 429."""
        return sum(arrival.status == TOO_MANY for arrival in self.arrivals)

    @property
    def span(self) -> float:
        """Seconds from the first to the last request."""
        return self.arrivals[-1].at - self.arrivals[0].at if self.arrivals else 0.0

    def count(self, method: str) -> int:
        """The number of requests with this method."""
        return sum(arrival.method == method for arrival in self.arrivals)

    def most(self, window: float = WINDOW) -> int:
        """Most arrivals in any window, which is open at its older end."""
        return most_in_window([arrival.at for arrival in self.arrivals], window)


def most_in_window(times: Sequence[float], window: float) -> int:
    """Most of the sorted ``times`` in any window, which is open at its older end."""
    first, most = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def quota_minimum(requests: int, window: float = WINDOW) -> float:
    """The minimum time of this many requests in seconds, from the first to the last."""
    return max(0, requests - 1) // LIMIT * window


class Spread(NamedTuple):
    """Minimum, median and maximum over all runs."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Raise ValueError for no values."""
        known = sorted(values)
        return cls(known[0], median(known), known[-1])

    def text(self, digits: int = 1) -> str:
        """All three; equal ones once."""
        texts = [f"{value:.{digits}f}" for value in self]
        return texts[0] if len(set(texts)) == 1 else " / ".join(texts)
