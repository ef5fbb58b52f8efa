"""The database of this machine: a SQLite file, or the same tables in memory when that fails."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .database import Rows, Schema, Statement

#: Seconds to wait for another process that writes; a transaction takes less than a millisecond.
_BUSY = 10.0
T = TypeVar("T")


class SqliteDatabase:
    """Tables in a file; after a failure of the file, in memory, for this process alone.

    With ``path`` None all is in memory. After a failure ``on_failure`` is called once with the
    reason, and then ``first_in_memory`` runs as the first transaction in memory. A ``disposable``
    file is replaced when it is damaged, and may lose its latest rows in a power failure.
    """

    def __init__(
        self,
        path: Path | None,
        schema: Schema,
        clock: Callable[[], float],
        on_failure: Callable[[Exception], None],
        *,
        first_in_memory: Callable[[Rows], None] = lambda _rows: None,
        disposable: bool = False,
    ) -> None:
        self._schema = schema
        self._clock = clock
        self._on_failure = on_failure
        self._first_in_memory = first_in_memory
        self._disposable = disposable
        self._lock = threading.RLock()
        #: Whether the rows are in the file.
        self.in_file = path is not None
        try:
            self._use(self._open(path) if path else self._connect(":memory:"))
        except (OSError, sqlite3.Error) as error:
            self.in_file = False
            on_failure(error)
            self._use(self._connect(":memory:"))

    def transact(self, work: Callable[[Rows], T], lock: str = "") -> T:
        """See ``Database``; all transactions of a file exclude each other. Raises nothing."""
        del lock
        with self._lock:
            try:
                return self._transact(work)
            except sqlite3.Error as error:
                self.give_up(error)
                return self._transact(work)

    def give_up(self, error: Exception) -> None:
        """Continue in memory: the disk is full, the file is locked, or the folder was removed."""
        with self._lock:
            if self.in_file:
                self.in_file = False
                self._on_failure(error)
                self._close()
                self._use(self._connect(":memory:"))
                self._transact(self._first_in_memory)

    def close(self) -> None:
        """Close the file."""
        self._close()

    def _transact(self, work: Callable[[Rows], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(_Rows(self._connection, self._clock()))
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._close = weakref.finalize(self, connection.close)
        self._close.atexit = False  # threads may still be using it

    def _open(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return self._connect(str(path))
        except sqlite3.OperationalError:  # the disk or a permission is at fault
            raise
        except sqlite3.DatabaseError:
            if not self._disposable:
                raise
            delete_database(path)
            return self._connect(str(path))

    def _connect(self, path: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=_BUSY, isolation_level=None, check_same_thread=False
        )
        try:
            # A killed process loses nothing that was committed; only a power failure could.
            connection.execute(f"PRAGMA synchronous = {'OFF' if self._disposable else 'NORMAL'}")
            connection.execute("PRAGMA journal_mode = WAL")
            self._bring_to_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_to_version(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        [(version,)] = connection.execute("PRAGMA user_version").fetchall()
        if version > self._schema.version:
            msg = "it was written by a newer release of pulumi-comfycontrol"
            raise sqlite3.OperationalError(msg)
        for step in self._schema.steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {self._schema.version}")
        connection.execute("COMMIT")


class _Rows:
    """A transaction; see ``Rows``."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self._connection = connection
        self.now = now

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def execute_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        return [self.execute(*one) for one in statements]


def delete_database(path: Path) -> None:
    """Delete a SQLite file and those that belong to it. Raises OSError."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
