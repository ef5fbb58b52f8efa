"""The SQLite file in which the processes of one host count their requests."""

from __future__ import annotations

import hashlib
import platform
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

#: Seconds to wait for another process that writes; one takes less than a millisecond.
_BUSY = 10.0
#: Files of earlier boots are deleted after this many seconds.
_OLD = 7 * 86_400.0
#: The number of the tables' shape: versions that differ in it count apart.
_SHAPE = 2
_PORTS = {"http": 80, "https": 443}
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY AUTOINCREMENT, process TEXT NOT NULL, rank INTEGER NOT NULL,
    back REAL NOT NULL, sent REAL, answered REAL
);
CREATE TABLE IF NOT EXISTS cool_down (
    one INTEGER PRIMARY KEY CHECK (one = 1), until REAL NOT NULL, halvings INTEGER NOT NULL,
    total REAL NOT NULL
);
INSERT OR IGNORE INTO cool_down VALUES (1, 0, 0, 0);
CREATE TABLE IF NOT EXISTS line (one INTEGER PRIMARY KEY CHECK (one = 1), served INTEGER NOT NULL);
INSERT OR IGNORE INTO line VALUES (1, 0);
"""


def quota_path(folder: Path, api_url: str) -> Path:
    """Return the file for one API (scheme, host and port) and one boot of this host.

    Monotonic times mean nothing to another host, with which the folder may be shared over a
    network, nor after a reboot.
    """
    parts = urlsplit(api_url.lower())
    api = f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"
    return folder / "quota" / f"{_hash(api)}-{_hash(_boot())}-{_SHAPE}.sqlite3"


def open_file(path: Path) -> sqlite3.Connection:
    """Open or make the file; a damaged one is replaced.

    Raises OSError or sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _delete_old(path)
    try:
        return _connect(str(path))
    except sqlite3.OperationalError:  # not the file's content, but the disk or a permission
        raise
    except sqlite3.DatabaseError:
        _delete(path)
        return _connect(str(path))


def open_memory() -> sqlite3.Connection:
    """Return the same tables for this process alone; numbers differ from those of any file."""
    rows = _connect(":memory:")
    rows.execute("INSERT INTO sqlite_sequence VALUES ('request', 1 << 40)")
    return rows


def transact(rows: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do all of ``work`` or nothing, while no other process reads or writes."""
    rows.execute("BEGIN IMMEDIATE")
    try:
        result = work(rows)
        rows.execute("COMMIT")
    except BaseException:
        if rows.in_transaction:
            rows.execute("ROLLBACK")
        raise
    return result


def _connect(path: str) -> sqlite3.Connection:
    rows = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        # After a power failure the API's window has long passed, so nothing need reach the disk.
        rows.execute("PRAGMA synchronous = OFF")
        rows.execute("PRAGMA journal_mode = WAL")
        rows.executescript(_SCHEMA)
    except sqlite3.Error:
        rows.close()
        raise
    return rows


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:  # not Linux: times from before a reboot are recognised by being in the future
        return platform.node()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _delete_old(path: Path) -> None:
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*.sqlite3"):
        with suppress(OSError):
            if other != path and other.stat().st_mtime < time.time() - _OLD:
                _delete(other)


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
