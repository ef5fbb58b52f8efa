"""A queue of writes to the journal, whose failure must not fail a create."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from ..storage.database import Database, Rows, StorageError

Write = Callable[[Rows], None]


class Writes:
    """The pending writes of a process, in order; each is kept until the store has committed it.

    May be shared by threads.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._open: deque[Write] = deque()

    def put(self, write: Write) -> None:
        """Write now if possible, or else at the next call of a method. Never fails."""
        self._open.append(write)
        with suppress(StorageError):
            self.flush()

    def flush(self) -> None:
        """Commit all pending writes. Raises :class:`StorageError`."""
        with self._lock:
            writes = tuple(self._open)
            if writes:
                self._database.transact(lambda rows: [write(rows) for write in writes])
            for _ in writes:
                self._open.popleft()
