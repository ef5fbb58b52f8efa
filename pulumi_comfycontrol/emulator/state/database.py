"""One SQLite database: in memory, or in a file that survives restart and kill -9."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

_VERSION = 2
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, tier TEXT);
CREATE TABLE IF NOT EXISTS token (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, expired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS object (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, created_at TEXT NOT NULL, status TEXT, data TEXT NOT NULL,
    born REAL NOT NULL DEFAULT 0, gone_at REAL
);
CREATE INDEX IF NOT EXISTS object_by_age ON object (kind, account, created_at, number);
PRAGMA user_version = {_VERSION};
"""
#: Migrations, by the version that they start from.
_MIGRATIONS = {
    1: """
ALTER TABLE object ADD COLUMN born REAL NOT NULL DEFAULT 0;
ALTER TABLE object ADD COLUMN gone_at REAL;
""",
}


class Database:
    """One connection that threads may share; each statement is committed at once.

    Raises sqlite3.Error when the file is no database, or when another emulator has it open.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        if path:
            _create_private(path)
        self._connection = sqlite3.connect(
            str(path) if path else ":memory:",
            isolation_level=None,
            check_same_thread=False,
            timeout=1.0,
        )
        try:
            self._prepare(path)
            if path:
                _make_private(path)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _prepare(self, path: Path | None) -> None:
        if path:
            # Exclusive, because a second emulator on the same file would not see its tokens.
            # A commit in the log outlives the process; only a power cut could lose the last ones.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        [(version,)] = self._connection.execute("PRAGMA user_version").fetchall()
        if version > _VERSION:
            msg = f"the file has format {version}, and this emulator writes format {_VERSION}"
            raise sqlite3.DatabaseError(msg)
        for old in range(version or _VERSION, _VERSION):
            self._connection.executescript(_MIGRATIONS[old])
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._connection.close()

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Execute a statement, and return its rows."""
        with self.lock:
            return self._connection.execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Execute a statement for each row; all of them or none."""
        with self.lock, self._connection:
            self._connection.execute("BEGIN")
            self._connection.executemany(statement, rows)


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, which would let others read it."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return
    except OSError as error:
        raise sqlite3.OperationalError(error.strerror) from None


def _make_private(path: Path) -> None:
    """Close a file of an older emulator to others, now that it is known to be a database."""
    for suffix in ("", "-wal", "-shm"):
        try:
            path.with_name(path.name + suffix).chmod(0o600)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise sqlite3.OperationalError(error.strerror) from None
