"""Clocks as arguments, so that tests of code that waits need not wait themselves."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A source of time; all values are seconds."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, comparable between processes of one boot."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """See :class:`Clock`."""
        return time.monotonic()

    def time(self) -> float:
        """See :class:`Clock`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """See :class:`Clock`."""
        time.sleep(seconds)


SYSTEM_CLOCK = SystemClock()
