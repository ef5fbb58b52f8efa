"""Remembers on disk which creates were begun, so that a killed process loses none.

One row an attempt, from right before its POST; see docs/create-once.md. Rows hold no secret: a
fingerprint leaves secrets out. Each process holds a lock on a file of its own for as long
as it lives, so that others can tell whether an attempt may still be under way; the operating
system drops the lock however the process ends.

Where the folder can't be used, attempts are remembered in memory only, and a warning says so.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..errors import ComfyControlError
from ..progress import listener
from .supervisor import runs

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempt (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    api TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, fingerprint TEXT NOT NULL,
    holder TEXT NOT NULL, supervisor TEXT NOT NULL,
    started REAL NOT NULL, active INTEGER NOT NULL DEFAULT 1, object_id TEXT,
    known INTEGER NOT NULL DEFAULT 0, token TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS of_owner ON attempt (owner);
CREATE INDEX IF NOT EXISTS of_fields ON attempt (fingerprint);
CREATE INDEX IF NOT EXISTS of_object ON attempt (object_id);
"""
#: What is known of the supervisor: nothing; that it was told the id and ended in peace; that it
#: has the id in its state, or had it until it deleted the object.
_OPEN, _TOLD, _SHOWN = 0, 1, 2
#: Seconds to wait for another process that writes.
_BUSY = 10.0
#: Seconds for which an object that the supervisor knows is kept from equal attempts.
_KEEP_SHOWN = 3600.0
#: The same where it was only told, and for which the next create may name the object.
_KEEP_TOLD = 30 * 86_400.0
#: Equal creates wait for each other; different ones seldom share one of these locks.
_STRIPES = 1024
#: Seconds of waiting for an equal create after which the user is told.
_TELL = 1.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One create. ``started`` is this machine's clock; ``object_id`` is None until known."""

    number: int
    fingerprint: str
    started: float
    object_id: str | None
    #: Whether a living process may still be working on it.
    under_way: bool
    #: Whether a living supervisor has the id, or will be told it.
    held: bool
    #: Whether its supervisor was told the id and ended in peace.
    told: bool
    #: Whether it was made for the very owner that asks, and not for a relative.
    own: bool
    #: Whether it was made with the token in use: another one may belong to another account.
    same_token: bool


class Journal:
    """The attempts on one API; may be shared by threads and processes.

    ``supervisor`` names the program that records the ids, see ``supervisor.py``; ``is_awaited``
    tells whether it still waits for what the calling thread does; of ``token``, a part of a hash
    is kept.
    """

    def __init__(
        self,
        folder: Path,
        api: str,
        supervisor: str | None = None,
        *,
        token: str = "",
        is_awaited: Callable[[], bool] = lambda: True,
    ) -> None:
        self._api = api
        self._token = hashlib.sha256(token.encode()).hexdigest()[:16]
        self._folder: Path | None = folder
        self._holder = uuid.uuid4().hex
        self._supervisor = supervisor or str(os.getppid())
        self._is_awaited = is_awaited
        self._lock = threading.Lock()
        self._alive: FileLock | None = None
        #: The numbers of this process's attempts that have an id, by owner; then those told.
        self._untold: dict[str, list[int]] = {}
        self._told: set[int] = set()
        try:
            self._open(folder)
        except (OSError, NotImplementedError, sqlite3.Error) as error:
            self._rows = self._in_memory(error)
        unshown = self._select("object_id", "AND known < ?", (_SHOWN,))
        self._suspects = {row[0] for row in unshown}

    def begin(self, kind: str, owner: str, fingerprint: str, now: float) -> int:
        """Record that a POST is about to leave, and return the attempt's number.

        Raises :class:`ComfyControlError` when nobody would learn what it did.
        """
        self._check_awaited()
        parts = (self._api, kind, owner, fingerprint, self._holder, self._supervisor, now)
        statement = (
            "INSERT INTO attempt"
            " (api, kind, owner, fingerprint, holder, supervisor, started, token)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        values = (*parts, self._token)
        try:
            return self._execute(statement, values)
        except sqlite3.Error as error:
            self._lose_file(error)
            return self._execute(statement, values)

    def sent_again(self, number: int, now: float) -> None:
        """Record that the POST leaves once more: it had certainly done nothing so far.

        Raises :class:`ComfyControlError` as :meth:`begin` does.
        """
        self._check_awaited()
        with suppress(sqlite3.Error):
            self._execute("UPDATE attempt SET started = ? WHERE number = ?", (now, number))

    def answered(self, number: int, owner: str, object_id: str) -> None:
        """Record the id, of an attempt of this process or of one that is taken over.

        Never fails: the id has to reach the supervisor in any case.
        """
        self._untold.setdefault(owner, []).append(number)
        self._suspects.add(object_id)
        with suppress(sqlite3.Error):
            self._execute(
                "UPDATE attempt SET object_id = ?, active = 0, owner = ?, holder = ?,"
                " supervisor = ? WHERE number = ?",
                (object_id, owner, self._holder, self._supervisor, number),
            )

    def unresolved(self, number: int) -> None:
        """Record that this process has given up on the attempt without knowing its outcome."""
        with suppress(sqlite3.Error):
            self._execute("UPDATE attempt SET active = 0 WHERE number = ?", (number,))

    def forget(self, number: int) -> None:
        """Drop an attempt that made nothing."""
        with suppress(sqlite3.Error):
            self._execute("DELETE FROM attempt WHERE number = ?", (number,))

    def confirm(self, kind: str, object_id: str) -> None:
        """Record that the supervisor has shown to know an object, so that it is no orphan."""
        if object_id in self._suspects:
            self._suspects.discard(object_id)
            self.settle(kind, object_id)

    def settle(self, kind: str, object_id: str) -> None:
        """Record that an object needs no further care."""
        with suppress(sqlite3.Error):
            self._execute(
                "UPDATE attempt SET known = ? WHERE api = ? AND kind = ? AND object_id = ?",
                (_SHOWN, self._api, kind, object_id),
            )

    def attempts(self, kind: str, owner: str, fingerprint: str) -> list[Attempt]:
        """Return the attempts of ``owner``; where that is unknown ("") those with equal fields.

        Objects that the supervisor has shown to know are left out. Those whose outcome is unknown
        are also returned when they have equal fields and were made for a relative of ``owner``:
        one that has the same text before the second "::", as all resources of a stack have.
        """
        family = "::".join([*owner.split("::")[:2], ""]) if owner.count("::") > 1 else ""
        rows = self._select(
            "number, owner, fingerprint, started, object_id, active, holder, supervisor, known,"
            " token",
            "AND known < ? AND kind = ? AND (owner = ? AND (owner != '' OR fingerprint = ?)"
            " OR object_id IS NULL AND fingerprint = ? AND ? != '' AND instr(owner, ?) = 1)",
            (_SHOWN, kind, owner, fingerprint, fingerprint, family, family),
        )
        return sorted((self._attempt(owner, *row) for row in rows), key=lambda one: not one.own)

    def ids(self, kind: str) -> set[str]:
        """Return the ids of all objects that an attempt is known to have made."""
        return {row[0] for row in self._select("object_id", "AND kind = ?", (kind,)) if row[0]}

    def unknown(self, kind: str, fingerprint: str, since: float, until: float) -> int:
        """Count the attempts with these fields and an unknown outcome that began in a time."""
        where = "AND kind = ? AND fingerprint = ? AND object_id IS NULL AND started BETWEEN ? AND ?"
        [(count,)] = self._select("count(*)", where, (kind, fingerprint, since, until)) or [(0,)]
        return int(count)

    def told(self, owner: str) -> None:
        """Take note that the supervisor is told the ids of ``owner``'s attempts."""
        self._told.update(self._untold.pop(owner, ()))

    def release(self) -> None:
        """Leave the ids that were told to the supervisor, which ends in peace."""
        with suppress(sqlite3.Error), self._lock:
            self._rows.executemany(
                "UPDATE attempt SET known = ? WHERE number = ? AND known < ?",
                [(_TOLD, number, _TOLD) for number in self._told],
            )
        if self._alive is not None:
            self._alive.release()
            with suppress(OSError):
                Path(self._alive.lock_file).unlink(missing_ok=True)

    @contextmanager
    def one_at_a_time(self, *fingerprints: str) -> Iterator[None]:
        """Keep creates of equal objects apart, over all threads and processes of the host."""
        with ExitStack() as locks:
            # All take them in the same order, so that none waits for one who waits for it.
            for stripe in sorted({int(one[:8], 16) % _STRIPES for one in fingerprints}):
                self._enter_stripe(locks, stripe)
            yield

    def _enter_stripe(self, locks: ExitStack, stripe: int) -> None:
        folder = self._folder
        if folder is not None:
            lock = FileLock(folder / "equal" / f"{stripe:04}.lock", thread_local=False)
            try:
                try:
                    lock.acquire(timeout=_TELL)
                except Timeout:
                    listener().status("waiting for the creation of an equal object to end")
                    lock.acquire()
            except (OSError, NotImplementedError) as error:
                self._lose_file(error)
            else:
                locks.callback(lock.release)
                return
        locks.enter_context(self._equal_in_process)

    #: Entered once for each stripe, by the same thread.
    _equal_in_process = threading.RLock()

    def _open(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("holders", "equal"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        self._alive = self._holder_lock(self._holder)
        self._alive.acquire(blocking=False)
        self._rows = _connect(str(folder / "creates.sqlite3"))
        self._tidy()

    def _tidy(self) -> None:
        """Drop the objects that nobody will look for or mistake for another one any more."""
        now = time.time()
        self._rows.execute(
            "DELETE FROM attempt WHERE ((known = ? AND started < ?) OR (known = ? AND started < ?))"
            # Those that an attempt with an unknown outcome could take for its own stay with it.
            " AND NOT EXISTS (SELECT 1 FROM attempt AS other WHERE other.object_id IS NULL AND"
            " other.api = attempt.api AND abs(other.started - attempt.started) < ?)",
            (_SHOWN, now - _KEEP_SHOWN, _TOLD, now - _KEEP_TOLD, _KEEP_SHOWN),
        )

    def _lose_file(self, error: Exception) -> None:
        """Go on in memory: the disk is full, or was taken away."""
        with self._lock:
            if self._folder is not None:
                self._rows.close()
                self._rows = self._in_memory(error)

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        listener().warning(
            f"The folder {self._folder} can't be used ({error}), so a create that is killed"
            " half-way can't be told from one that never began; set COMFYCONTROL_STATE_DIR to a"
            " folder that can be written to."
        )
        self._folder = None
        rows = _connect(":memory:")
        # Numbers that the file has given out have no meaning here.
        rows.execute("INSERT INTO sqlite_sequence VALUES ('attempt', 1 << 40)")
        return rows

    def _check_awaited(self) -> None:
        if not self._is_awaited():
            fault = "the deployment that asked for it has ended"
            raise ComfyControlError(fault, "run `pulumi up` again")

    def _holder_lock(self, holder: str) -> FileLock:
        path = (self._folder or Path()) / "holders" / f"{holder}.lock"
        return FileLock(path, thread_local=False)

    def _is_alive(self, holder: str) -> bool:
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
        asking: str,
        number: int,
        owner: str,
        fingerprint: str,
        started: float,
        object_id: str | None,
        active: int,
        holder: str,
        supervisor: str,
        known: int,
        token: str,
    ) -> Attempt:
        if holder == self._holder:
            # Without a URN it can't be told from another resource's, whose call may go on.
            under_way, held = False, not owner or number in self._told
        else:
            alive = self._is_alive(holder)
            under_way, held = bool(active) and alive, alive and runs(supervisor)
        return Attempt(
            number,
            fingerprint,
            started,
            object_id,
            under_way,
            held,
            told=known == _TOLD,
            own=owner == asking,
            same_token=token == self._token,
        )

    def _select(self, columns: str, where: str = "", values: tuple[Any, ...] = ()) -> list[Any]:
        # The columns and conditions are literals of this module.
        query = f"SELECT {columns} FROM attempt WHERE api = ? {where}"  # noqa: S608
        try:
            with self._lock:
                return self._rows.execute(query, (self._api, *values)).fetchall()
        except sqlite3.Error as error:
            self._lose_file(error)
            return []

    def _execute(self, statement: str, values: tuple[Any, ...]) -> int:
        with self._lock:
            return self._rows.execute(statement, values).lastrowid or 0


def _connect(path: str) -> sqlite3.Connection:
    rows = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        # A killed process loses nothing that was committed; only a power failure could.
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")
        rows.executescript(_SCHEMA)
    except sqlite3.Error:
        rows.close()
        raise
    return rows
