"""Remembers on disk which creates were begun, so that a killed process loses none.

One row an attempt, from right before its POST until the engine is known to have the id; see
docs/create-once.md. Rows hold no secret: a fingerprint leaves header values out. Each process
holds a lock on a file of its own for as long as it lives, so that others can tell whether an
attempt may still be under way; the operating system drops the lock however the process ends.

Where the folder can't be used, attempts are remembered in memory only, and a warning says so.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from .progress import listener
from .supervisor import runs

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempt (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    api TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, fingerprint TEXT NOT NULL,
    holder TEXT NOT NULL, supervisor TEXT NOT NULL,
    started REAL NOT NULL, active INTEGER NOT NULL DEFAULT 1, object_id TEXT
)
"""
#: Seconds to wait for another process that writes.
_BUSY = 10.0
#: Equal creates wait for each other; different ones seldom share one of these locks.
_STRIPES = 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """One create. ``started`` is this machine's clock; ``object_id`` is None until known."""

    number: int
    fingerprint: str
    started: float
    object_id: str | None
    #: Whether a living process may still be working on it.
    under_way: bool
    #: Whether its process lives and so does its supervisor, which then records the id.
    held: bool


class Journal:
    """The attempts on one API; may be shared by threads and processes.

    ``supervisor`` names the program that records the ids; see ``supervisor.py``.
    """

    def __init__(self, folder: Path, api: str, supervisor: str | None = None) -> None:
        self._api = api
        self._supervisor = supervisor or str(os.getppid())
        self._folder: Path | None = folder
        self._holder = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._alive: FileLock | None = None
        try:
            self._open(folder)
        except (OSError, sqlite3.Error) as error:
            listener().warning(
                f"The folder {folder} can't be used ({error}), so a create that is killed half-way"
                " can't be told from one that never began; set COMFYCONTROL_STATE_DIR to a folder"
                " that can be written to."
            )
            self._folder = None
            self._rows = _connect(":memory:")
        with suppress(sqlite3.Error):
            self._suspects = {row[0] for row in self._select("object_id")}

    def begin(self, kind: str, owner: str, fingerprint: str, now: float) -> int:
        """Record that a POST is about to leave, and return the attempt's number."""
        values = (self._api, kind, owner, fingerprint, self._holder, self._supervisor, now)
        return self._execute(
            "INSERT INTO attempt (api, kind, owner, fingerprint, holder, supervisor, started)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    def answered(self, number: int, object_id: str) -> None:
        """Record the id. Never fails: the id has to reach the engine in any case."""
        with suppress(sqlite3.Error):
            self._execute(
                "UPDATE attempt SET object_id = ?, active = 0 WHERE number = ?", (object_id, number)
            )

    def unresolved(self, number: int) -> None:
        """Record that this process has given up on the attempt without knowing its outcome."""
        with suppress(sqlite3.Error):
            self._execute("UPDATE attempt SET active = 0 WHERE number = ?", (number,))

    def forget(self, number: int) -> None:
        """Drop an attempt that needs no further care."""
        with suppress(sqlite3.Error):
            self._execute("DELETE FROM attempt WHERE number = ?", (number,))

    def confirm(self, kind: str, object_id: str) -> None:
        """Drop the attempts that made an object which the engine has shown to know."""
        if object_id in self._suspects:
            self._suspects.discard(object_id)
            with suppress(sqlite3.Error):
                self._execute(
                    "DELETE FROM attempt WHERE api = ? AND kind = ? AND object_id = ?",
                    (self._api, kind, object_id),
                )

    def attempts(self, kind: str, owner: str, fingerprint: str) -> list[Attempt]:
        """Return the attempts of ``owner``; where that is unknown ("") those with equal fields."""
        rows = self._select(
            "number, fingerprint, started, object_id, active, holder, supervisor",
            "AND kind = ? AND owner = ? AND (owner != '' OR fingerprint = ?)",
            (kind, owner, fingerprint),
        )
        return [self._attempt(*row) for row in rows]

    def ids(self, kind: str) -> set[str]:
        """Return the ids of all objects that an attempt is known to have made."""
        return {row[0] for row in self._select("object_id", "AND kind = ?", (kind,)) if row[0]}

    def release(self) -> None:
        """Drop this process's finished attempts: its engine ends in peace and has the ids."""
        with suppress(sqlite3.Error):
            self._execute(
                "DELETE FROM attempt WHERE holder = ? AND object_id IS NOT NULL", (self._holder,)
            )
        if self._alive is not None:
            self._alive.release()
            with suppress(OSError):
                Path(self._alive.lock_file).unlink(missing_ok=True)

    @contextmanager
    def one_at_a_time(self, fingerprint: str) -> Iterator[None]:
        """Keep creates of equal objects apart, over all threads and processes of the host."""
        if self._folder is None:
            with self._equal_in_process:
                yield
            return
        stripe = int(fingerprint[:8], 16) % _STRIPES
        with FileLock(self._folder / "equal" / f"{stripe:04}.lock", thread_local=False):
            yield

    _equal_in_process = threading.Lock()

    def _open(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("holders", "equal"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        self._alive = self._holder_lock(self._holder)
        self._alive.acquire(blocking=False)
        self._rows = _connect(str(folder / "attempts.sqlite3"))

    def _holder_lock(self, holder: str) -> FileLock:
        path = (self._folder or Path()) / "holders" / f"{holder}.lock"
        return FileLock(path, thread_local=False)

    def _is_alive(self, holder: str) -> bool:
        if holder == self._holder:
            return True
        if self._folder is None or not Path(self._holder_lock(holder).lock_file).exists():
            return False
        lock = self._holder_lock(holder)
        try:
            with lock.acquire(blocking=False):
                Path(lock.lock_file).unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def _attempt(
        self,
        number: int,
        fingerprint: str,
        started: float,
        object_id: str | None,
        active: int,
        holder: str,
        supervisor: str,
    ) -> Attempt:
        alive = self._is_alive(holder)
        return Attempt(
            number,
            fingerprint,
            started,
            object_id,
            under_way=bool(active) and alive and holder != self._holder,
            held=alive and runs(supervisor),
        )

    def _select(self, columns: str, where: str = "", values: tuple[Any, ...] = ()) -> list[Any]:
        # The columns and conditions are literals of this module.
        query = f"SELECT {columns} FROM attempt WHERE api = ? {where}"  # noqa: S608
        with self._lock:
            return self._rows.execute(query, (self._api, *values)).fetchall()

    def _execute(self, statement: str, values: tuple[Any, ...]) -> int:
        with self._lock:
            return self._rows.execute(statement, values).lastrowid or 0


def _connect(path: str) -> sqlite3.Connection:
    rows = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        # A killed process loses nothing that was committed; only a power failure could.
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")
        rows.execute(_SCHEMA)
    except sqlite3.Error:
        rows.close()
        raise
    return rows
