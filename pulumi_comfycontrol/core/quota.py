"""This host's share of the API's quota, kept by all its threads and processes together.

The API takes 40 requests in any 10 s from one address, and a 429 costs 10 s for everybody behind
it [docs: api/authentication]. Requests take numbers and are served in their order, whichever
process they come from. The numbers and times are rows of a small SQLite file (``quota_file.py``);
where that can't be used, of one in memory, for this process alone. When a request may leave is
computed in ``quota_window.py``.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .clock import SYSTEM_CLOCK, Clock
from .errors import NoAnswer
from .progress import listener
from .quota_file import open_file, open_memory, quota_path, transact
from .quota_window import LOST, MARGIN, CoolDown, Pace
from .state_folder import state_folder

#: A waiting request whose process has not looked for this many seconds has lost its number.
_ABANDONED = 5.0
#: Seconds between two looks of a waiting request.
_LONGEST_NAP = 1.0
_SHORTEST_NAP = 0.005
T = TypeVar("T")


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
        self._pace = Pace(limit, window + MARGIN)
        self._clock = clock
        self._lock = threading.Lock()
        self._use(self._open(path))

    def acquire(
        self,
        deadline: float | None = None,
        on_wait: Callable[[float], None] = lambda _seconds: None,
    ) -> int:
        """Block until a request may leave, and return its number.

        ``on_wait`` is told how many seconds the wait will take at least, if it is a second or
        more, and again if it grows. Raises :class:`NoAnswer` when that would be after
        ``deadline`` (on the clock's ``monotonic``); the request then counts for nothing.
        """
        told = 0.0
        number, wait = self._try(None)
        try:
            while wait > 0:
                turn = self._clock.monotonic() + wait
                if deadline is not None and turn > deadline:
                    raise _too_late()
                if wait >= 1 and turn >= told + 1:
                    on_wait(wait)
                    told = turn
                self._clock.sleep(min(max(wait, _SHORTEST_NAP), _LONGEST_NAP))
                number, wait = self._try(number)
        except BaseException:
            self._forget(number)
            raise
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
        self._run(lambda rows: _write(rows, _cool_down(rows, now).after_429(now, seconds)))

    def _try(self, number: int | None) -> tuple[int, float]:
        """Take a number if there is none; return it, and 0 or the seconds until another try."""
        return self._run(lambda rows: self._take(rows, number))

    def _take(self, rows: sqlite3.Connection, number: int | None) -> tuple[int, float]:
        now = self._clock.monotonic()
        cool_down = _cool_down(rows, now)
        pace = self._pace.halved(cool_down.halvings_left(now))
        _drop_what_counts_no_more(rows, pace.window, now)
        number = _keep_place(rows, number, now)
        sent = rows.execute(
            "SELECT sent, answered FROM request WHERE number < ? AND sent IS NOT NULL", (number,)
        )
        turn = pace.turn(now, sent.fetchall(), _waiting_before(rows, number), cool_down.until)
        if turn <= now:
            rows.execute("UPDATE request SET sent = ? WHERE number = ?", (now, number))
        return number, turn - now

    def _forget(self, number: int) -> None:
        self._run(lambda rows: rows.execute("DELETE FROM request WHERE number = ?", (number,)))

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``work`` as one transaction; where the file fails, in memory from now on."""
        with self._lock:
            try:
                return transact(self._rows, work)
            except sqlite3.Error as error:
                _warn("file that counts requests", error)
                self._close_rows()
                self._use(open_memory())
                # What the file knew is lost, and certain to be over after one window.
                until = self._clock.monotonic() + self._pace.window
                _write(self._rows, CoolDown(until))
                return transact(self._rows, work)

    def _use(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        self._close_rows = weakref.finalize(self, rows.close)
        self._close_rows.atexit = False  # threads may still be using it

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            try:
                return open_file(path)
            except (OSError, sqlite3.Error) as error:
                _warn(f"folder {path.parent}", error)
        return open_memory()


_quotas: dict[tuple[Path, int, float], Quota] = {}
_quotas_lock = threading.Lock()


def host_quota(
    api_url: str,
    limit: int = 40,
    window: float = 10.0,
    clock: Clock = SYSTEM_CLOCK,
    folder: Path | None = None,
) -> Quota:
    """Return the quota that all processes of this user on this host share for one API.

    ``limit`` requests in ``window`` seconds are this host's share of what the address may send;
    all its processes should be given the same. ``folder`` is by default the state folder.
    """
    path = quota_path(folder or state_folder(), api_url)
    with _quotas_lock:
        if (path, limit, window) not in _quotas:
            _quotas[path, limit, window] = Quota(path, limit, window, clock)
        return _quotas[path, limit, window]


def _drop_what_counts_no_more(rows: sqlite3.Connection, window: float, now: float) -> None:
    rows.execute(
        "DELETE FROM request WHERE answered <= ? OR (answered IS NULL AND sent <= ?)"
        " OR (sent IS NULL AND seen < ?)"
        # Rows from the future were written before a reboot.
        " OR seen > ? OR sent > ? OR answered > ?",
        (now - window, now - window - LOST, now - _ABANDONED, now + 1, now + 1, now + 1),
    )


def _keep_place(rows: sqlite3.Connection, number: int | None, now: float) -> int:
    """Note that the request still waits; the first time, or too late, put it last."""
    if number is not None:
        kept = rows.execute("UPDATE request SET seen = ? WHERE number = ?", (now, number))
        if kept.rowcount:
            return number
    return rows.execute("INSERT INTO request (seen) VALUES (?)", (now,)).lastrowid or 0


def _waiting_before(rows: sqlite3.Connection, number: int) -> int:
    counted = rows.execute(
        "SELECT count(*) FROM request WHERE number < ? AND sent IS NULL", (number,)
    )
    return int(counted.fetchone()[0])


def _cool_down(rows: sqlite3.Connection, now: float) -> CoolDown:
    return CoolDown(*rows.execute("SELECT until, halvings FROM cool_down").fetchone()).valid(now)


def _write(rows: sqlite3.Connection, cool_down: CoolDown) -> None:
    rows.execute(
        "UPDATE cool_down SET until = ?, halvings = ?", (cool_down.until, cool_down.halvings)
    )


def _too_late() -> NoAnswer:
    fault = "the API's quota of requests leaves no room in time"
    advice = "run fewer deployments at once, or raise comfycontrol:operationTimeout"
    return NoAnswer(fault, advice, executed=False)


def _warn(what: str, error: Exception) -> None:
    listener().warning(
        f"The {what} can't be used ({error}), so this process does not know of other processes'"
        " requests and may exceed the API's quota together with them; set COMFYCONTROL_STATE_DIR"
        " to a local folder that can be written to."
    )
