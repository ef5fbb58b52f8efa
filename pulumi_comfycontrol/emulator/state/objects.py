"""Stored objects of all kinds, newest first [docs: every list page].

A removed object stays in the database, for settings under which the server marks or remembers it;
only :meth:`Objects.removed` returns it.
"""

from __future__ import annotations

import json
from typing import Any

from .clock import Clock
from .database import Database

Row = dict[str, Any]

_IN = "kind = ? AND (? IS NULL OR account = ?)"
_EXISTS = "(gone_at IS NULL OR gone_at > ?)"
_AGED = "(? = 0 OR born <= ?)"
_AGE = {  # of two objects with equal times, the later insert is the newer one (A8)
    "newest": " ORDER BY created_at DESC, number DESC",
    "oldest": " ORDER BY created_at, number",
}


class Objects:
    """The objects of one kind; ``account`` None means those of all accounts."""

    def __init__(self, database: Database, clock: Clock, kind: str) -> None:
        self._database = database
        self._clock = clock
        self._kind = kind
        #: Context manager that makes several calls atomic.
        self.lock = database.lock

    def add(self, account: str, rows: list[Row]) -> None:
        """Add objects; all of them or none. Raises sqlite3.IntegrityError for a known id."""
        now = self._clock.time()
        with self.lock:
            self._database.run_many(
                "DELETE FROM object WHERE id = ? AND gone_at <= ?",
                [(row["id"], now) for row in rows],
            )
            self._database.run_many(
                "INSERT INTO object (kind, id, account, created_at, status, data, born)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(self._kind, row["id"], account, *_columns(row), now) for row in rows],
            )

    def get(self, id_: str, account: str | None = None, lag: float = 0.0) -> Row | None:
        """An object that was added at least ``lag`` seconds ago."""
        now = self._clock.time()
        found = self._database.run(
            f"SELECT data FROM object WHERE {_IN} AND {_EXISTS} AND {_AGED} AND id = ?",  # noqa: S608 - constants
            *(self._kind, account, account, now, lag, now - lag, id_),
        )
        return _row(found[0]) if found else None

    def removed(self, id_: str, account: str) -> Row | None:
        """An object that has been removed."""
        found = self._database.run(
            f"SELECT data FROM object WHERE {_IN} AND NOT {_EXISTS} AND id = ?",  # noqa: S608
            *(self._kind, account, account, self._clock.time(), id_),
        )
        return _row(found[0]) if found else None

    def put(self, row: Row) -> None:
        """Replace the object that has the row's id."""
        self._database.run(
            "UPDATE object SET created_at = ?, status = ?, data = ? WHERE kind = ? AND id = ?",
            *(*_columns(row), self._kind, row["id"]),
        )

    def remove(self, id_: str, account: str | None = None, delay: float = 0.0) -> bool:
        """Remove an object in ``delay`` seconds; returns whether there is one.

        An object that is removed at once stays so when the clock is set back.
        """
        now = self._clock.time()
        return bool(
            self._database.run(
                "UPDATE object SET gone_at = min(coalesce(gone_at, ?1), ?1)"
                " WHERE kind = ?2 AND (?3 IS NULL OR account = ?3) AND id = ?5"
                " AND (gone_at IS NULL OR gone_at > ?4) RETURNING id",
                *(now + delay if delay else 0.0, self._kind, account, now, id_),
            )
        )

    def clear(self) -> None:
        """Remove all objects for good."""
        self._database.run("DELETE FROM object WHERE kind = ?", self._kind)

    def all(self, account: str | None = None) -> list[Row]:
        """All objects."""
        found = self._database.run(
            f"SELECT data FROM object WHERE {_IN} AND {_EXISTS}{_AGE['newest']}",  # noqa: S608
            *(self._kind, account, account, self._clock.time()),
        )
        return [_row(one) for one in found]

    def page(
        self,
        account: str,
        first: int,
        most: int,
        *,
        status: str | None = None,
        lag: float = 0.0,
        order: str = "newest",
    ) -> tuple[list[Row], int]:
        """At most ``most`` objects after the first ``first``, and how many there are."""
        where = f"{_IN} AND {_EXISTS} AND {_AGED} AND (? IS NULL OR status = ?)"
        now = self._clock.time()
        values = (self._kind, account, account, now, lag, now - lag, status, status)
        with self.lock:
            found = self._database.run(
                f"SELECT data FROM object WHERE {where}{_AGE[order]} LIMIT ? OFFSET ?",  # noqa: S608
                *(*values, most, first),
            )
            [(total,)] = self._database.run(
                f"SELECT count(*) FROM object WHERE {where}",  # noqa: S608
                *values,
            )
        return [_row(one) for one in found], total

    def count(self, account: str) -> int:
        """The number of objects of an account."""
        [(count,)] = self._database.run(
            f"SELECT count(*) FROM object WHERE {_IN} AND {_EXISTS}",  # noqa: S608
            *(self._kind, account, account, self._clock.time()),
        )
        return int(count)


def _columns(row: Row) -> tuple[str, str | None, str]:
    return row["created_at"], row.get("status"), json.dumps(row, separators=(",", ":"))


def _row(found: tuple[Any, ...]) -> Row:
    row: Row = json.loads(found[0])
    return row
