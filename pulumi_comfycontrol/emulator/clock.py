"""The emulator's time, which a test may move."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clocks plus an offset in seconds."""

    def __init__(self) -> None:
        self._offset = 0.0

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic() + self._offset

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._offset += seconds

    def timestamp(self, *, fractions: bool = False) -> str:
        """ISO 8601 in UTC; whole seconds as in all documented samples (A5)."""
        now = datetime.fromtimestamp(self.time(), UTC)
        return now.isoformat(timespec="microseconds" if fractions else "seconds").replace(
            "+00:00", "Z"
        )
