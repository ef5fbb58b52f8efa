"""Lets Pulumi's Python host serve more than four calls at once.

The host's thread pool has four threads, and a call that waits for the quota keeps one of them.
The engine itself limits how many calls it makes at once (``--parallel``), so that more threads are
used only where it asks for them.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

#: More than the API's quota lets through at once is of no use.
MOST = 40


def use_more_threads() -> None:
    """Raise the limit of the pool that the calling thread belongs to; without one, do nothing."""
    with suppress(Exception):  # the pool's inner parts may change; four threads are enough to work
        pool = _pool()
        if pool is not None and isinstance(pool._max_workers, int):
            pool._max_workers = max(pool._max_workers, MOST)


def _pool() -> Any:
    """Find the executor in the frame of the function that its threads run."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        if "executor_reference" in frame.f_locals:
            return frame.f_locals["executor_reference"]()
    return None
