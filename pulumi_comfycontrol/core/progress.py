"""How waits and warnings reach the person who runs the program."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

_log = logging.getLogger("pulumi_comfycontrol")


class Listener(Protocol):
    """Shows texts for the operation that is under way in this thread."""

    def status(self, text: str) -> None:
        """Show a line that the next one replaces."""

    def info(self, text: str) -> None:
        """Show a line that stays."""

    def warning(self, text: str) -> None:
        """Show a line that stays and stands out."""


class _Logged:
    """Where nobody listens, Python's logging decides."""

    def status(self, text: str) -> None:
        _log.debug("%s", text)

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
