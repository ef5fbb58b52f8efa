"""Stored objects of all kinds, newest first [docs: every list page]."""

from __future__ import annotations

import json
from typing import Any

from .database import Database

Row = dict[str, Any]

_OF = "kind = ? AND (? IS NULL OR account = ?)"
_AGE = " ORDER BY created_at DESC, number DESC"  # of equal ages the later one first (A8)


class Objects:
    """The objects of one kind; ``account`` None means those of all accounts."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind
        #: Makes several calls one; used as a context manager.
        self.lock = database.lock

    def add(self, account: str, rows: list[Row]) -> None:
        """Add objects; all of them or none. Raises sqlite3.IntegrityError for a known id."""
        self._database.run_many(
            "INSERT INTO object (kind, id, account, created_at, status, data)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (self._kind, row["id"], account, row["created_at"], row.get("status"), _text(row))
                for row in rows
            ],
        )

    def get(self, id_: str, account: str | None = None) -> Row | None:
        """Return an object."""
        found = self._database.run(
            f"SELECT data FROM object WHERE {_OF} AND id = ?",  # noqa: S608 - a constant
            *(self._kind, account, account, id_),
        )
        return _row(found[0]) if found else None

    def put(self, row: Row) -> None:
        """Replace the object that has the row's id."""
        self._database.run(
            "UPDATE object SET created_at = ?, status = ?, data = ? WHERE kind = ? AND id = ?",
            *(row["created_at"], row.get("status"), _text(row), self._kind, row["id"]),
        )

    def remove(self, id_: str, account: str | None = None) -> bool:
        """Remove an object; returns whether there was one."""
        return bool(
            self._database.run(
                f"DELETE FROM object WHERE {_OF} AND id = ? RETURNING id",  # noqa: S608
                *(self._kind, account, account, id_),
            )
        )

    def clear(self) -> None:
        """Remove all objects."""
        self._database.run("DELETE FROM object WHERE kind = ?", self._kind)

    def all(self, account: str | None = None) -> list[Row]:
        """Return all objects."""
        found = self._database.run(
            f"SELECT data FROM object WHERE {_OF}{_AGE}",  # noqa: S608
            *(self._kind, account, account),
        )
        return [_row(one) for one in found]

    def page(
        self, account: str, first: int, most: int, status: str | None = None
    ) -> tuple[list[Row], int]:
        """Return at most ``most`` objects after the first ``first``, and how many there are."""
        where = "kind = ? AND account = ? AND (? IS NULL OR status = ?)"
        values = (self._kind, account, status, status)
        with self.lock:
            found = self._database.run(
                f"SELECT data FROM object WHERE {where}{_AGE} LIMIT ? OFFSET ?",  # noqa: S608
                *values,
                most,
                first,
            )
            [(total,)] = self._database.run(
                f"SELECT count(*) FROM object WHERE {where}",  # noqa: S608
                *values,
            )
        return [_row(one) for one in found], total

    def count(self, account: str) -> int:
        """Return how many objects an account has."""
        [(count,)] = self._database.run(
            "SELECT count(*) FROM object WHERE kind = ? AND account = ?", self._kind, account
        )
        return int(count)


def _text(row: Row) -> str:
    return json.dumps(row, separators=(",", ":"))


def _row(found: tuple[Any, ...]) -> Row:
    row: Row = json.loads(found[0])
    return row
