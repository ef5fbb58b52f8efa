"""This host's share of the API's quota, kept by all its threads and processes together.

The API takes 40 requests in any 10 s from one address, and a 429 costs 10 s for everybody behind
it [docs: api/authentication]. Requests wait in one line: the processes take turns, and each of
them sends in the order in which it asked. The line and the times are rows of a small SQLite file
(``quota_file.py``); where that can't be used, of one in memory, for this process alone. When a
request may leave is computed in ``quota_window.py``.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple, TypeVar

from ..clock import SYSTEM_CLOCK, Clock
from ..errors import NoAnswer
from ..progress import listener
from ..storage.state_folder import state_folder
from .file import open_file, open_memory, quota_path, transact
from .window import BUSY, LOST, MARGIN, CoolDown, Pace, Part, rank

#: A waiting request that has not looked for this many seconds after it meant to lost its place.
_ABANDONED = 5.0
#: Seconds between two looks of a waiting request.
_LONGEST_NAP = 10.0
_NAP = 1.0
_SHORTEST_NAP = 0.005
T = TypeVar("T")


class Turn(NamedTuple):
    """The number of a request that may leave, and how much of its wait were cool-downs."""

    number: int
    closed: float


class _Look(NamedTuple):
    number: int
    wait: float
    busy: bool
    cool_down: CoolDown


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
        self._process = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._use(self._open(path))

    def acquire(
        self,
        patience: float | None = None,
        on_wait: Callable[[float, bool], None] = lambda _seconds, _busy: None,
        number: int | None = None,
        part: Part = Part.WHOLE,
    ) -> Turn:
        """Block until a request may leave.

        ``number`` is that of a request that was :meth:`refused` and is sent again. ``on_wait`` is
        told how many seconds the wait will take at least, if it is a second or more, and again if
        it grows; and whether this process is busy, or has become so: its last slot is kept free
        for what completes its requests. Raises :class:`NoAnswer` when cool-downs take more than
        ``patience`` seconds of the wait; the request then counts for nothing.
        """
        asked, told, busy = self._clock.monotonic(), 0.0, False
        look = first = self._look(number, part)
        try:
            while True:
                closed = look.cool_down.closed_since(first.cool_down, asked)
                if patience is not None and closed > patience:
                    raise _too_late()
                if look.wait <= 0:
                    return Turn(look.number, closed)
                turn = self._clock.monotonic() + look.wait
                if look.wait >= 1 and (turn >= told + 1 or (look.busy and not busy)):
                    on_wait(look.wait, look.busy)
                    told, busy = turn, look.busy
                self._clock.sleep(_nap(look.wait))
                look = self._look(look.number, part)
        except BaseException:
            self._forget(look.number)
            raise

    def answered(self, number: int) -> None:
        """Say that the request has its answer, or will get none."""
        now = self._clock.monotonic()
        self._run(
            lambda rows: rows.execute(
                "UPDATE request SET answered = ? WHERE number = ?", (now, number)
            )
        )

    def refused(self, number: int, seconds: float) -> None:
        """A 429 came: nobody sends for ``seconds``, and then fewer at once for a while.

        The API has not counted the request, which keeps its place in the line.
        """
        now = self._clock.monotonic()

        def work(rows: sqlite3.Connection) -> None:
            _write(rows, _cool_down(rows, now).after_429(now, seconds))
            rows.execute(
                "UPDATE request SET sent = NULL, answered = NULL, back = ? WHERE number = ?",
                (now, number),
            )

        self._run(work)

    def _look(self, number: int | None, part: Part) -> _Look:
        """Take a place if there is none, and leave it if it is the request's turn."""
        return self._run(lambda rows: self._take(rows, number, part))

    def _take(self, rows: sqlite3.Connection, number: int | None, part: Part) -> _Look:
        now = self._clock.monotonic()
        cool_down = _cool_down(rows, now)
        pace = self._pace.halved(cool_down.halvings_left(now))
        _drop_what_counts_no_more(rows, pace.window, now)
        if number is None or not _is_known(rows, number):
            number = _new_place(rows, self._process, now, part)
        sent = rows.execute(
            "SELECT sent, answered, process = ? FROM request WHERE sent IS NOT NULL",
            (self._process,),
        ).fetchall()
        busy = sum(own for _, _, own in sent) >= BUSY
        times = [(left, answered) for left, answered, _ in sent]
        waiting = _waiting_before(rows, number)
        turn = pace.turn(now, times, waiting, cool_down.until, part.spare(busy))
        if turn <= now:
            _send(rows, number, now)
        else:
            back = now + _nap(turn - now)
            rows.execute("UPDATE request SET back = ? WHERE number = ?", (back, number))
        return _Look(number, turn - now, busy, cool_down)

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


def _nap(wait: float) -> float:
    """Seconds until the next look.

    A turn that is far away may come sooner, but hardly in less than half the time: when requests
    before it are given up, or when the pace recovers.
    """
    return max(_SHORTEST_NAP, min(wait, max(_NAP, wait / 2), _LONGEST_NAP))


def _drop_what_counts_no_more(rows: sqlite3.Connection, window: float, now: float) -> None:
    future = now + _LONGEST_NAP + 1
    rows.execute(
        "DELETE FROM request WHERE answered <= ? OR (answered IS NULL AND sent <= ?)"
        " OR (sent IS NULL AND back < ?)"
        # Rows from the future were written before a reboot.
        " OR back > ? OR sent > ? OR answered > ?",
        (now - window, now - window - LOST, now - _ABANDONED, future, now + 1, now + 1),
    )


def _is_known(rows: sqlite3.Connection, number: int) -> bool:
    found = rows.execute("SELECT 1 FROM request WHERE number = ? AND sent IS NULL", (number,))
    return found.fetchone() is not None


def _new_place(rows: sqlite3.Connection, process: str, now: float, part: Part) -> int:
    ranks = rows.execute(
        "SELECT served, (SELECT coalesce(max(rank), 0) FROM request WHERE process = ?) FROM line",
        (process,),
    )
    served, own = ranks.fetchone()
    placed = rows.execute(
        "INSERT INTO request (process, rank, back) VALUES (?, ?, ?)",
        (process, rank(served, own, part), now),
    )
    return placed.lastrowid or 0


def _send(rows: sqlite3.Connection, number: int, now: float) -> None:
    rows.execute("UPDATE request SET sent = ? WHERE number = ?", (now, number))
    rows.execute(
        "UPDATE line SET served = max(served, (SELECT rank FROM request WHERE number = ?))",
        (number,),
    )


def _waiting_before(rows: sqlite3.Connection, number: int) -> int:
    counted = rows.execute(
        "SELECT count(*) FROM request AS other JOIN request AS this ON this.number = ?"
        " WHERE other.sent IS NULL AND (other.rank, other.number) < (this.rank, this.number)",
        (number,),
    )
    return int(counted.fetchone()[0])


def _cool_down(rows: sqlite3.Connection, now: float) -> CoolDown:
    row = rows.execute("SELECT until, halvings, total FROM cool_down").fetchone()
    return CoolDown(*row).valid(now)


def _write(rows: sqlite3.Connection, cool_down: CoolDown) -> None:
    rows.execute("UPDATE cool_down SET until = ?, halvings = ?, total = ?", astuple(cool_down))


def _too_late() -> NoAnswer:
    fault = "the API refuses this host's requests (429), and time is over"
    advice = "something else behind the same address is using up its quota, so try again later"
    return NoAnswer(fault, advice, executed=False)


def _warn(what: str, error: Exception) -> None:
    listener().warning(
        f"The {what} can't be used ({error}), so this process does not know of other processes'"
        " requests and may exceed the API's quota together with them; set COMFYCONTROL_STATE_DIR"
        " to a local folder that can be written to."
    )
