"""Waits that end when the user interrupts the deployment."""

from __future__ import annotations

import threading

from ..core.clock import SystemClock
from ..core.errors import ComfyControlError
from .words import PULUMI


class CancellableClock(SystemClock):
    """The machine's clock, whose ``sleep`` raises once :meth:`cancel` was called."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End all waits, and prevent new ones."""
        self._cancelled.set()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread; raises :class:`ComfyControlError` when cancelled."""
        if self._cancelled.wait(seconds):
            raise ComfyControlError("the deployment was interrupted", PULUMI.again)
