"""This host's share of the API's quota, kept by all its threads and processes together.

The API counts arrivals: 40 in any 10 s per address [docs: api/authentication]. A request that
was sent at one moment and answered at another arrived somewhere in between, so its slot is free
again one window after the *answer*: however much the network's delay varies, no 10 s hold more
than 40 arrivals, and what that costs is one round trip a window.

Requests take numbers and are served in their order, whichever process they come from. A request
may leave when fewer than 40 requests with lower numbers hold a slot. The numbers and slots are
rows of a small SQLite file; where that can't be used, of one in memory, for this process alone.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .clock import SYSTEM_CLOCK, Clock
from .errors import NoAnswer
from .progress import listener
from .state_folder import state_folder

#: Seconds on top of the window: for clocks that run at slightly different speeds.
MARGIN = 0.05
#: A request without an answer holds its slot as if it had arrived this many seconds after it
#: was sent, because its process may have been killed.
_LOST = 15.0
#: A waiting request whose process has not looked for this many seconds has lost its number.
_ABANDONED = 5.0
#: Seconds between two looks of a waiting request.
_LONGEST_NAP = 1.0
_SHORTEST_NAP = 0.005
#: The longest cool-down there is; whatever is longer was written before a reboot.
_LONGEST_COOL_DOWN = 60.0
#: After a 429 the limit is halved, and doubled again after each of these periods, in seconds.
_RECOVERY = 30.0
_MOST_HALVINGS = 3
_BUSY = 10.0
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY AUTOINCREMENT, seen REAL NOT NULL, sent REAL, answered REAL
);
CREATE TABLE IF NOT EXISTS cool_down (
    one INTEGER PRIMARY KEY CHECK (one = 1), until REAL NOT NULL, halvings INTEGER NOT NULL
);
INSERT OR IGNORE INTO cool_down VALUES (1, 0, 0);
"""


class Quota:
    """A sliding window of ``limit`` requests in ``window`` seconds; may be shared by threads.

    ``path`` None keeps it to this process.
    """

    def __init__(
        self,
        path: Path | None,
        limit: int = 40,
        window: float = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._limit = limit
        self._window = window + MARGIN
        self._clock = clock
        self._lock = threading.Lock()
        self._rows = self._open(path)

    def acquire(
        self,
        deadline: float | None = None,
        on_wait: Callable[[float], None] = lambda _seconds: None,
    ) -> int:
        """Block until a request may leave, and return its number.

        ``on_wait`` is told how many seconds a wait will probably take, if it is a second or
        more. Raises :class:`NoAnswer` when that would be after ``deadline`` (on the clock's
        ``monotonic``); the request then counts for nothing.
        """
        number, wait = self._try(None)
        told = False
        while wait > 0:
            if deadline is not None and self._clock.monotonic() + wait > deadline:
                self._forget(number)
                fault = "the API's quota of requests leaves no room in time"
                advice = "run fewer deployments at once, or raise comfycontrol:operationTimeout"
                raise NoAnswer(fault, advice, executed=False)
            if wait >= 1 and not told:
                on_wait(wait)
                told = True
            self._clock.sleep(min(max(wait, _SHORTEST_NAP), _LONGEST_NAP))
            number, wait = self._try(number)
        return number

    def answered(self, number: int) -> None:
        """Say that the request has its answer, or will get none."""
        now = self._clock.monotonic()
        self._run(
            lambda rows: rows.execute(
                "UPDATE request SET answered = ? WHERE number = ?", (now, number)
            )
        )

    def close(self, seconds: float) -> None:
        """A 429 came: nobody sends for ``seconds``, and then fewer at once for a while."""
        now = self._clock.monotonic()

        def work(rows: sqlite3.Connection) -> None:
            until, halvings = self._cool_down(rows, now)
            if until <= now:  # all that were under way get a 429 of the same cool-down
                halvings = min(halvings + 1, _MOST_HALVINGS)
            until = max(until, now + min(seconds, _LONGEST_COOL_DOWN) + MARGIN)
            rows.execute("UPDATE cool_down SET until = ?, halvings = ?", (until, halvings))

        self._run(work)

    def _try(self, number: int | None) -> tuple[int, float]:
        """Take a number if there is none; return it, and 0 or the seconds until another try."""
        return self._run(lambda rows: self._take(rows, number))

    def _take(self, rows: sqlite3.Connection, number: int | None) -> tuple[int, float]:
        now = self._clock.monotonic()
        number = self._queue(rows, number, now)
        until, halvings = self._cool_down(rows, now)
        limit = max(1, self._limit >> halvings)
        held = rows.execute("SELECT sent, answered FROM request WHERE number < ?", (number,))
        free = sorted(self._free_at(sent, answered, now) for sent, answered in held)
        # Of the requests before this one, all but limit - 1 must have freed their slots.
        turn = free[len(free) - limit] if len(free) >= limit else now
        wait = max(until, turn) - now
        if wait <= 0:
            rows.execute("UPDATE request SET sent = ? WHERE number = ?", (now, number))
        return number, wait

    def _queue(self, rows: sqlite3.Connection, number: int | None, now: float) -> int:
        """Drop what counts no more, and keep this request's place in the queue."""
        window = self._window
        rows.execute(
            "DELETE FROM request WHERE answered <= ? OR (answered IS NULL AND sent <= ?)"
            " OR (sent IS NULL AND seen < ?)"
            # Rows from the future were written before a reboot.
            " OR seen > ? OR sent > ? OR answered > ?",
            (now - window, now - window - _LOST, now - _ABANDONED, now + 1, now + 1, now + 1),
        )
        if number is not None:
            kept = rows.execute("UPDATE request SET seen = ? WHERE number = ?", (now, number))
            if kept.rowcount:
                return number
        return rows.execute("INSERT INTO request (seen) VALUES (?)", (now,)).lastrowid or 0

    def _free_at(self, sent: float | None, answered: float | None, now: float) -> float:
        if answered is not None:
            return min(answered, (sent or answered) + _LOST) + self._window
        if sent is not None:
            # Not before its answer: look again a little later than it could be free.
            return max(sent + self._window, now + _SHORTEST_NAP)
        return now + self._window

    def _cool_down(self, rows: sqlite3.Connection, now: float) -> tuple[float, int]:
        until, halvings = rows.execute("SELECT until, halvings FROM cool_down").fetchone()
        if until > now + 2 * _LONGEST_COOL_DOWN:
            return 0.0, 0
        recovered = int(max(0.0, now - until) // _RECOVERY)
        return until, max(0, halvings - recovered)

    def _forget(self, number: int) -> None:
        self._run(lambda rows: rows.execute("DELETE FROM request WHERE number = ?", (number,)))

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``work`` as one transaction; where the file fails, in memory from now on."""
        with self._lock:
            try:
                return _transaction(self._rows, work)
            except sqlite3.Error as error:
                self._warn(None, error)
                self._rows.close()
                self._rows = _connect(":memory:")
                return _transaction(self._rows, work)

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                return _connect(str(path))
            except (OSError, sqlite3.Error) as error:
                self._warn(path.parent, error)
        return _connect(":memory:")

    def _warn(self, folder: Path | None, error: Exception) -> None:
        where = f"the folder {folder}" if folder else "the file that counts requests"
        listener().warning(
            f"{where[0].upper()}{where[1:]} can't be used ({error}), so this process does not know"
            " of other processes' requests and may exceed the API's quota together with them; set"
            " COMFYCONTROL_STATE_DIR to a local folder that can be written to."
        )


_quotas: dict[tuple[Path, int, float], Quota] = {}
_quotas_lock = threading.Lock()


def host_quota(
    api_url: str,
    limit: int = 40,
    window: float = 10.0,
    clock: Clock = SYSTEM_CLOCK,
    folder: Path | None = None,
) -> Quota:
    """Return the quota that all processes of this user on this host share for one API."""
    key = hashlib.sha256(api_url.lower().encode()).hexdigest()[:16]
    path = (folder or state_folder()) / "quota" / f"{key}.sqlite3"
    with _quotas_lock:
        if (path, limit, window) not in _quotas:
            _quotas[path, limit, window] = Quota(path, limit, window, clock)
        return _quotas[path, limit, window]


def _transaction(rows: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
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
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = OFF")
        rows.executescript(_SCHEMA)
    except sqlite3.Error:
        rows.close()
        raise
    return rows
