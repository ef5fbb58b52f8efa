"""Progress reports: waits and warnings of an operation, shown to the user."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from .clock import Clock

_log = logging.getLogger("pulumi_comfycontrol")


class Listener(Protocol):
    """Receiver of the progress of this thread's operation."""

    def status(self, text: str) -> None:
        """Show a line about a wait; it replaces the one before."""

    def clear(self) -> None:
        """Remove the status line: the wait is over."""

    def info(self, text: str) -> None:
        """Show a line that stays."""

    def warning(self, text: str) -> None:
        """Show a line that stays and stands out."""


def until(end: float, reason: str) -> str:
    """Return the status line of a wait that ends at ``end``, in seconds since the epoch.

    The end comes first, as time of day: at 80 columns the Pulumi CLI shows little more.
    """
    return f"until {time.strftime('%H:%M:%S', time.localtime(end))}: {reason}"


def pause(clock: Clock, seconds: float, reason: str) -> None:
    """Sleep, and show the reason meanwhile."""
    listener().status(until(clock.time() + seconds, reason))
    try:
        clock.sleep(seconds)
    finally:
        listener().clear()


class _Logged:
    """The default listener, which passes texts to Python's logging."""

    def status(self, text: str) -> None:
        _log.debug("%s", text)

    def clear(self) -> None:
        pass

    def info(self, text: str) -> None:
        _log.info("%s", text)

    def warning(self, text: str) -> None:
        _log.warning("%s", text)


_listener: ContextVar[Listener] = ContextVar("listener", default=_Logged())  # noqa: B039


def listener() -> Listener:
    """Return the listener of this thread."""
    return _listener.get()


@contextmanager
def listening(to: Listener) -> Iterator[None]:
    """Make ``to`` the listener of this thread for the duration of the block."""
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)
