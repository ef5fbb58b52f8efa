"""The attempts as rows of a database; each function runs in one transaction.

Rows hold no secret: a fingerprint leaves secrets out, and a token is reduced to a part of its hash.
Times are those of the database's clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import NamedTuple

from ..storage.database import Rows, Schema
from .attempt import State

#: Seconds for which a confirmed attempt is kept, so that no equal attempt takes its object.
KEEP_CONFIRMED = 3600.0
#: The same for a delivered attempt, which a warning at its owner's next create may name.
_KEEP_DELIVERED = 30 * 86_400.0

SCHEMA = Schema(
    "journal",
    (
        (
            "CREATE TABLE create_attempt (number BIGINT PRIMARY KEY,"
            " api TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,"
            " fingerprint TEXT NOT NULL, token TEXT NOT NULL, holder TEXT NOT NULL,"
            " supervisor TEXT NOT NULL, state TEXT NOT NULL, started DOUBLE PRECISION NOT NULL,"
            " object_id TEXT)",
            "CREATE INDEX create_attempt_owner ON create_attempt (owner)",
            "CREATE INDEX create_attempt_fingerprint ON create_attempt (fingerprint)",
            "CREATE INDEX create_attempt_object ON create_attempt (object_id)",
        ),
        (
            "CREATE TABLE create_stack (api TEXT NOT NULL, stack TEXT NOT NULL,"
            " PRIMARY KEY (api, stack))",
        ),
        (
            "DROP TABLE create_stack",
            "CREATE TABLE create_stack (api TEXT NOT NULL, kind TEXT NOT NULL, stack TEXT NOT NULL,"
            " PRIMARY KEY (api, kind, stack))",
        ),
    ),
)


class Row(NamedTuple):
    """An attempt as it is stored."""

    number: int
    owner: str
    fingerprint: str
    token: str
    holder: str
    supervisor: str
    state: str
    started: float
    object_id: str | None


_COLUMNS = ", ".join(Row._fields)


def new_number() -> int:
    """Return a new number, unique among the attempts of all databases."""
    return secrets.randbits(62)


def insert(rows: Rows, api: str, kind: str, row: Row) -> None:
    """Record that a POST is about to be sent; does nothing when that was recorded already."""
    rows.execute(
        f"INSERT INTO create_attempt (api, kind, {_COLUMNS})"  # noqa: S608 - our own names
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING",
        (api, kind, *row),
    )


def restart(rows: Rows, number: int, at: float) -> None:
    """Record that the POST is sent once more."""
    rows.execute("UPDATE create_attempt SET started = ? WHERE number = ?", (at, number))


def answer(
    rows: Rows, number: int, object_id: str, owner: str, holder: str, supervisor: str
) -> None:
    """Record an object's id, and the process that holds it now."""
    rows.execute(
        "UPDATE create_attempt SET object_id = ?, state = ?, owner = ?, holder = ?,"
        " supervisor = ? WHERE number = ?",
        (object_id, State.ANSWERED.value, owner, holder, supervisor, number),
    )


def set_state(rows: Rows, number: int, state: State, was: State) -> None:
    """Change an attempt's state from ``was`` to ``state``; nothing happens in any other state."""
    rows.execute(
        "UPDATE create_attempt SET state = ? WHERE number = ? AND state = ?",
        (state.value, number, was.value),
    )


def confirm(rows: Rows, api: str, kind: str, object_id: str) -> None:
    """Record that an object is confirmed, so that no search considers it any more."""
    rows.execute(
        "UPDATE create_attempt SET state = ? WHERE api = ? AND kind = ? AND object_id = ?",
        (State.CONFIRMED.value, api, kind, object_id),
    )


def delete(rows: Rows, number: int) -> None:
    """Delete an attempt that created nothing."""
    rows.execute("DELETE FROM create_attempt WHERE number = ?", (number,))


def unconfirmed_ids(rows: Rows, api: str) -> set[str]:
    """Return the ids of objects that no engine's state is known to have."""
    found = rows.execute(
        "SELECT object_id FROM create_attempt"
        " WHERE api = ? AND state <> ? AND object_id IS NOT NULL",
        (api, State.CONFIRMED.value),
    )
    return {row[0] for row in found}


def ids(rows: Rows, api: str, kind: str) -> set[str]:
    """Return the ids of all objects that an attempt is known to have made."""
    found = rows.execute(
        "SELECT object_id FROM create_attempt WHERE api = ? AND kind = ? AND object_id IS NOT NULL",
        (api, kind),
    )
    return {row[0] for row in found}


def ids_of_others(
    rows: Rows, api: str, kind: str, stack: str, supervisor: str, holder: str
) -> set[str]:
    """Return the ids of all objects that other stacks created; for the stack "", of all objects.

    With them those that another process of the same supervisor has, such as the process of another
    provider of the program.
    """
    found = rows.execute(
        "SELECT object_id FROM create_attempt WHERE api = ? AND kind = ?"
        " AND object_id IS NOT NULL AND (? = '' OR substr(owner, 1, ?) <> ?"
        " OR (supervisor = ? AND holder <> ? AND state = ?))",
        (api, kind, stack, len(stack), stack, supervisor, holder, State.ANSWERED.value),
    )
    return {row[0] for row in found}


def add_stack(rows: Rows, api: str, kind: str, stack: str) -> bool:
    """Record that a stack has created a kind of object; returns whether it is the first time."""
    known = rows.execute(
        "SELECT 1 FROM create_stack WHERE api = ? AND kind = ? AND stack = ? UNION ALL"
        " SELECT 1 FROM create_attempt WHERE api = ? AND kind = ? AND substr(owner, 1, ?) = ?"
        " LIMIT 1",
        (*(api, kind, stack), *(api, kind, len(stack), stack)),
    )
    rows.execute(
        "INSERT INTO create_stack (api, kind, stack) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (api, kind, stack),
    )
    return not known


def unconfirmed(
    rows: Rows, api: str, kind: str, owner: str, fingerprint: str, family: str
) -> list[Row]:
    """Return the unconfirmed attempts of ``owner``; without one, those with equal fields.

    Attempts without an id and with equal fields are also returned where their owner begins with
    ``family``, unless that is "".
    """
    found = rows.execute(
        f"SELECT {_COLUMNS} FROM create_attempt"  # noqa: S608 - our own names
        " WHERE api = ? AND kind = ? AND state <> ?"
        " AND ((owner = ? AND (owner <> '' OR fingerprint = ?))"
        " OR (object_id IS NULL AND fingerprint = ? AND ? <> '' AND substr(owner, 1, ?) = ?))",
        (
            *(api, kind, State.CONFIRMED.value),
            *(owner, fingerprint),
            *(fingerprint, family, len(family), family),
        ),
    )
    return [Row(*row) for row in found]


def sent_elsewhere(
    rows: Rows, api: str, fingerprints: Iterable[str], holder: str
) -> list[tuple[int, str]]:
    """Return the numbers and holders of equal attempts of other processes that await an answer."""
    found: list[tuple[int, str]] = []
    for fingerprint in fingerprints:
        found += rows.execute(
            "SELECT number, holder FROM create_attempt"
            " WHERE api = ? AND fingerprint = ? AND state = ? AND holder <> ?",
            (api, fingerprint, State.SENT.value, holder),
        )
    return found


def count_without_id(
    rows: Rows, api: str, kind: str, fingerprint: str, since: float, until: float
) -> int:
    """Count the attempts with these fields and without an id that began in a time."""
    [(count,)] = rows.execute(
        "SELECT count(*) FROM create_attempt WHERE api = ? AND kind = ? AND fingerprint = ?"
        " AND object_id IS NULL AND started BETWEEN ? AND ?",
        (api, kind, fingerprint, since, until),
    )
    return int(count)


def delete_old(rows: Rows) -> None:
    """Delete the attempts that neither a search for an orphan nor a warning needs any more."""
    rows.execute(
        "DELETE FROM create_attempt WHERE ((state = ? AND started < ?)"
        " OR (state = ? AND started < ?))"
        # Kept are objects that a search for an attempt without an id could mistake for its own.
        " AND NOT EXISTS (SELECT 1 FROM create_attempt AS other WHERE other.object_id IS NULL"
        " AND other.api = create_attempt.api"
        " AND abs(other.started - create_attempt.started) < ?)",
        (
            *(State.CONFIRMED.value, rows.now - KEEP_CONFIRMED),
            *(State.DELIVERED.value, rows.now - _KEEP_DELIVERED),
            KEEP_CONFIRMED,
        ),
    )


def import_0_1_0(rows: Rows) -> None:
    """Migrate the attempts that release 0.1.0 recorded in the same file; SQLite only."""
    if not rows.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attempt'"):
        return
    rows.execute(
        "INSERT INTO create_attempt (number, api, kind, owner, fingerprint, token, holder,"
        " supervisor, state, started, object_id)"
        " SELECT abs(random() / 4), api, kind, owner, fingerprint, token, holder, supervisor,"
        " CASE WHEN known = 2 THEN 'confirmed' WHEN known = 1 THEN 'delivered'"
        " WHEN object_id IS NOT NULL THEN 'answered' WHEN active = 1 THEN 'sent'"
        " ELSE 'unknown' END, started, object_id FROM attempt"
    )
    rows.execute("DROP TABLE attempt")
