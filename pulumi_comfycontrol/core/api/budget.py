"""The time budget of an operation for failures, shared by all of its requests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Budget:
    """The remaining seconds of an operation; used by one thread.

    ``granted`` replaces the total of the settings, in seconds; 0 keeps that.
    """

    def __init__(self, granted: float = 0.0) -> None:
        self._granted = granted
        self._spent = 0.0

    def spend(self, seconds: float) -> None:
        """Take ``seconds`` away."""
        self._spent += seconds

    def left(self, total: float) -> float:
        """Return the remaining part of ``total`` seconds; negative when it is overspent."""
        return (self._granted or total) - self._spent


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


def budget() -> Budget:
    """Return this operation's budget; outside of an operation, a new one."""
    return _budget.get() or Budget()


@contextmanager
def one_operation(granted: float = 0.0) -> Iterator[None]:
    """Let all requests that the block sends in this thread share a budget."""
    token = _budget.set(Budget(granted))
    try:
        yield
    finally:
        _budget.reset(token)


@contextmanager
def one_attempt() -> Iterator[None]:
    """Send each of the block's requests once, without retries: their result is optional."""
    with one_operation():
        budget().spend(math.inf)
        yield
