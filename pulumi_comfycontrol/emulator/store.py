"""The emulator's state in SQLite: in memory, or in a file that survives restart and kill -9."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS token (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, expired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS object (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS object_by_account ON object (kind, account, number);
"""

Row = dict[str, Any]


class Store:
    """Accounts with tokens, and objects of several kinds; may be shared by threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._rows = sqlite3.connect(
            str(path) if path else ":memory:", isolation_level=None, check_same_thread=False
        )
        if path:
            self._rows.execute("PRAGMA journal_mode = WAL")
            self._rows.execute("PRAGMA synchronous = NORMAL")
        self._rows.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._rows.close()

    def clear(self, *kinds: str) -> None:
        """Remove all objects of the kinds."""
        for kind in kinds:
            self._execute("DELETE FROM object WHERE kind = ?", kind)

    # Tokens

    def add_token(self, token: str, account: str | None = None) -> str:
        """Let a token in, for an account or for a new one; returns the account's id."""
        found = self.account(token)
        account = account or (found[0] if found else str(uuid.uuid4()))
        self._execute("INSERT OR REPLACE INTO token (token, account) VALUES (?, ?)", token, account)
        return account

    def expire_token(self, token: str) -> None:
        """Keep a token, as one that has expired."""
        self._execute("UPDATE token SET expired = 1 WHERE token = ?", token)

    def revoke_token(self, token: str) -> None:
        """Remove a token."""
        self._execute("DELETE FROM token WHERE token = ?", token)

    def account(self, token: str) -> tuple[str, bool] | None:
        """Return the token's account and whether the token has expired."""
        found = self._execute("SELECT account, expired FROM token WHERE token = ?", token)
        return (found[0][0], bool(found[0][1])) if found else None

    # Objects

    def add(self, kind: str, account: str, rows: list[Row]) -> None:
        """Add objects, each with a new id; all of them or none."""
        with self._lock, self._rows:
            self._rows.execute("BEGIN")
            self._rows.executemany(
                "INSERT INTO object (kind, id, account, data) VALUES (?, ?, ?, ?)",
                [(kind, row["id"], account, json.dumps(row)) for row in rows],
            )

    def get(self, kind: str, id_: str, account: str | None = None) -> Row | None:
        """Return an object, of one account or of any."""
        found = self._execute(
            "SELECT data FROM object WHERE kind = ? AND id = ? AND (? IS NULL OR account = ?)",
            kind,
            id_,
            account,
            account,
        )
        return _decode(found[0][0]) if found else None

    def put(self, kind: str, row: Row) -> None:
        """Replace an object."""
        self._execute(
            "UPDATE object SET data = ? WHERE kind = ? AND id = ?", json.dumps(row), kind, row["id"]
        )

    def remove(self, kind: str, id_: str, account: str | None = None) -> bool:
        """Remove an object; returns whether there was one."""
        return bool(
            self._execute(
                "DELETE FROM object WHERE kind = ? AND id = ? AND (? IS NULL OR account = ?)"
                " RETURNING id",
                kind,
                id_,
                account,
                account,
            )
        )

    def all(self, kind: str, account: str | None = None) -> list[Row]:
        """Return all objects, newest first; of equal ages the later one first (A8)."""
        found = self._execute(
            "SELECT data FROM object WHERE kind = ? AND (? IS NULL OR account = ?)"
            " ORDER BY json_extract(data, '$.created_at') DESC, number DESC",
            kind,
            account,
            account,
        )
        return [_decode(row[0]) for row in found]

    def count(self, kind: str, account: str) -> int:
        """Return how many objects an account has."""
        found = self._execute(
            "SELECT count(*) FROM object WHERE kind = ? AND account = ?", kind, account
        )
        return int(found[0][0])

    def transaction(self) -> threading.RLock:
        """Return the lock that makes several calls one; used as a context manager."""
        return self._lock

    def _execute(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._rows.execute(statement, values).fetchall()


def _decode(data: str) -> Row:
    row: Row = json.loads(data)
    return row
