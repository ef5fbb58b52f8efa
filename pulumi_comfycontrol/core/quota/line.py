"""The line of one API as database rows: waiting requests, and sent ones that hold a slot.

All times are those of the database that keeps the rows. The next request deletes expired rows,
including those of killed processes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..storage.database import Rows, Schema, Statement
from .window import LOST, CoolDown, Pace, rank

#: Seconds after its scheduled poll without which a waiting request is dropped from the line.
_ABANDONED = 5.0
#: Seconds between two polls of a waiting request.
_LONGEST_NAP = 10.0
_NAP = 1.0
_SHORTEST_NAP = 0.005

SCHEMA = Schema(
    "quota",
    (
        (
            "CREATE TABLE line (name TEXT PRIMARY KEY, last BIGINT NOT NULL,"
            " served BIGINT NOT NULL, closed_until DOUBLE PRECISION NOT NULL,"
            " halvings BIGINT NOT NULL, closed_total DOUBLE PRECISION NOT NULL)",
            "CREATE TABLE request (line TEXT NOT NULL, number BIGINT NOT NULL,"
            " process TEXT NOT NULL, rank BIGINT NOT NULL, next_poll DOUBLE PRECISION NOT NULL,"
            " sent DOUBLE PRECISION, answered DOUBLE PRECISION, PRIMARY KEY (line, number))",
        ),
    ),
)


class Look(NamedTuple):
    """A request's place in the line at one moment; ``wait`` 0 means that it may be sent now."""

    number: int
    now: float
    wait: float
    cool_down: CoolDown

    @property
    def nap(self) -> float:
        """Seconds until the next poll."""
        return nap(self.wait)


def nap(wait: float) -> float:
    """Return the seconds until the next poll of a request whose turn is in ``wait`` seconds.

    A distant turn may come earlier, when requests before it are given up or the pace recovers, but
    hardly in less than half the time.
    """
    return max(_SHORTEST_NAP, min(wait, max(_NAP, wait / 2), _LONGEST_NAP))


class Line:
    """The line of one API and address, as its rows; each method runs in one transaction."""

    def __init__(self, name: str, pace: Pace) -> None:
        self._name = name
        self._pace = pace

    def look(self, rows: Rows, process: str, number: int | None) -> Look:
        """Add the request to the line if it is new, and take it out as sent if it is its turn."""
        now = rows.now
        if number is None:
            number = self._take_place(rows, process)
        waits, found, sent, [(before,)] = rows.execute_all(self._queries(now, number))
        if not waits:  # the request was dropped as abandoned
            return self.look(rows, process, None)
        cool_down = _cool_down(found, now)
        pace = self._pace.halved(cool_down.halvings_left(now))
        turn = pace.turn(now, sent, before, cool_down.until)
        if turn <= now:
            self._leave(rows, number)
        else:
            self._schedule(rows, number, now + nap(turn - now))
        return Look(number, now, turn - now, cool_down)

    def release(self, rows: Rows, number: int) -> None:
        """Record an answer: the slot is free one window from now."""
        rows.execute(
            "UPDATE request SET answered = ? WHERE line = ? AND number = ?",
            (rows.now, self._name, number),
        )

    def reject(self, rows: Rows, number: int, seconds: float) -> None:
        """Record a 429: close the line, and let the request wait in it again."""
        self._write(rows, self._cool_down(rows).after_429(rows.now, seconds))
        rows.execute(
            "UPDATE request SET sent = NULL, answered = NULL, next_poll = ?"
            " WHERE line = ? AND number = ?",
            (rows.now, self._name, number),
        )

    def give_up(self, rows: Rows, number: int) -> None:
        """Delete a request that will not be sent."""
        rows.execute("DELETE FROM request WHERE line = ? AND number = ?", (self._name, number))

    def close(self, rows: Rows, until: float) -> None:
        """Close the line: nothing is sent before ``until``."""
        self._make(rows)
        self._write(rows, CoolDown(until))

    def _take_place(self, rows: Rows, process: str) -> int:
        self._make(rows)
        self._drop_expired(rows)
        [(last, served, own)] = rows.execute(
            "SELECT last, served, (SELECT coalesce(max(rank), 0) FROM request"
            " WHERE line = ? AND process = ?) FROM line WHERE name = ?",
            (self._name, process, self._name),
        )
        number = int(last) + 1
        rows.execute("UPDATE line SET last = ? WHERE name = ?", (number, self._name))
        rows.execute(
            "INSERT INTO request (line, number, process, rank, next_poll) VALUES (?, ?, ?, ?, ?)",
            (self._name, number, process, rank(served, own), rows.now),
        )
        return number

    def _leave(self, rows: Rows, number: int) -> None:
        key = (self._name, number)
        rows.execute("UPDATE request SET sent = ? WHERE line = ? AND number = ?", (rows.now, *key))
        rows.execute(
            "UPDATE line SET served = (SELECT rank FROM request WHERE line = ? AND number = ?)"
            " WHERE name = ? AND served <"
            " (SELECT rank FROM request WHERE line = ? AND number = ?)",
            (*key, self._name, *key),
        )

    def _schedule(self, rows: Rows, number: int, at: float) -> None:
        rows.execute(
            "UPDATE request SET next_poll = ? WHERE line = ? AND number = ?",
            (at, self._name, number),
        )

    def _drop_expired(self, rows: Rows) -> None:
        window = self._pace.halved(self._cool_down(rows).halvings_left(rows.now)).window
        now, soon, future = rows.now, rows.now + 1, rows.now + _LONGEST_NAP + 1
        rows.execute(
            "DELETE FROM request WHERE line = ? AND (answered <= ?"
            " OR (answered IS NULL AND sent <= ?) OR (sent IS NULL AND next_poll < ?)"
            # Rows from the future were written before the clock was set back, as by a reboot.
            " OR next_poll > ? OR sent > ? OR answered > ?)",
            (
                self._name,
                *(now - window, now - window - LOST, now - _ABANDONED),
                *(future, soon, soon),
            ),
        )

    def _queries(self, now: float, number: int) -> tuple[Statement, ...]:
        """Return queries for: the request, the cool-down, the slots, the requests before it."""
        soon = now + 1
        return (
            (
                "SELECT 1 FROM request WHERE line = ? AND number = ? AND sent IS NULL",
                (self._name, number),
            ),
            self._cool_down_query(),
            (
                "SELECT sent, answered FROM request WHERE line = ? AND sent <= ?"
                " AND (answered IS NULL OR answered <= ?)",
                (self._name, soon, soon),
            ),
            (
                "SELECT count(*) FROM request AS other JOIN request AS this"
                " ON this.line = other.line AND this.number = ?"
                " WHERE other.line = ? AND other.sent IS NULL AND other.next_poll BETWEEN ? AND ?"
                " AND (other.rank, other.number) < (this.rank, this.number)",
                (number, self._name, now - _ABANDONED, now + _LONGEST_NAP + 1),
            ),
        )

    def _cool_down_query(self) -> Statement:
        return (
            "SELECT closed_until, halvings, closed_total FROM line WHERE name = ?",
            (self._name,),
        )

    def _make(self, rows: Rows) -> None:
        rows.execute(
            "INSERT INTO line (name, last, served, closed_until, halvings, closed_total)"
            " VALUES (?, 0, 0, 0, 0, 0) ON CONFLICT (name) DO NOTHING",
            (self._name,),
        )

    def _cool_down(self, rows: Rows) -> CoolDown:
        return _cool_down(rows.execute(*self._cool_down_query()), rows.now)

    def _write(self, rows: Rows, cool_down: CoolDown) -> None:
        rows.execute(
            "UPDATE line SET closed_until = ?, halvings = ?, closed_total = ? WHERE name = ?",
            (cool_down.until, cool_down.halvings, cool_down.total, self._name),
        )


def _cool_down(found: list[Any], now: float) -> CoolDown:
    return CoolDown(*found[0]).valid(now) if found else CoolDown()
