"""The emulator's clock, which a test may advance, stop or speed up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

_FASTEST = 1_000_000
_END = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class Clock:
    """A monotonic clock and a calendar that run together.

    ``multiplier`` is emulated seconds for each second of ``monotonic``; 0 stops the clock, so
    that only :meth:`advance` moves it. Both sources give seconds.
    """

    def __init__(
        self,
        *,
        multiplier: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        calendar: Callable[[], float] = time.time,
    ) -> None:
        self._lock = threading.Lock()
        self._source = monotonic
        self._calendar = calendar
        self._first_multiplier = multiplier
        self.reset()

    def reset(self) -> None:
        """Go back to the time of the sources."""
        with self._lock:
            self._read = self._now = self._source()
            self._to_calendar = self._calendar() - self._now
            self._multiplier = self._first_multiplier

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        with self._lock:
            return self._go_on()

    def time(self) -> float:
        """Seconds since the Unix epoch; time stands still at the end of the calendar."""
        return min(self.monotonic() + self._to_calendar, _END)

    def advance(self, seconds: float) -> None:
        """Advance the clock; raises ValueError for a step back, or one beyond the calendar."""
        if seconds < 0:
            msg = "the clock can't be advanced by a negative time"
            raise ValueError(msg)
        with self._lock:
            now = self._go_on() + seconds
            if now + self._to_calendar > _END:
                msg = "the clock can't be advanced beyond the year 9999"
                raise ValueError(msg)
            self._now = now

    @property
    def multiplier(self) -> float:
        """Emulated seconds for each second of the source."""
        return self._multiplier

    @multiplier.setter
    def multiplier(self, value: float) -> None:
        if not 0 <= value <= _FASTEST:
            msg = f"the clock's multiplier can't be negative or more than {_FASTEST}"
            raise ValueError(msg)
        with self._lock:
            self._go_on()
            self._multiplier = value

    def timestamp(self, *, fractions: bool = False, offset: float = 0.0) -> str:
        """ISO 8601 in UTC, ``offset`` seconds from now; whole seconds as in the samples (A5)."""
        now = datetime.fromtimestamp(min(self.time() + offset, _END), UTC)
        text = now.isoformat(timespec="microseconds" if fractions else "seconds")
        return text.replace("+00:00", "Z")

    def _go_on(self) -> float:
        read = self._source()
        self._now += (read - self._read) * self._multiplier
        self._read = read
        return self._now
