"""The tables in a PostgreSQL database: a schema of our own, migrated by version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .database import Schema
from .postgres_faults import newer

if TYPE_CHECKING:
    from psycopg import Connection

NAME = "comfycontrol"


def migrate(connection: Connection[Any], schemas: Iterable[Schema], key: int) -> None:
    """Bring the tables of ``schemas`` to this release's versions.

    ``key`` is an advisory lock against simultaneous migrations by several machines. Nothing is
    written where the versions are right, so that a role without the right to change tables is
    enough. Raises :class:`StorageError` when a version is newer.
    """
    if not _to_do(connection, schemas):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        if not _exists(connection, "to_regnamespace('comfycontrol')"):
            connection.execute("CREATE SCHEMA comfycontrol")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS comfycontrol.schema_version"
            " (name TEXT PRIMARY KEY, version BIGINT NOT NULL)"
        )
        # Once more: another machine may have migrated before this one got the lock.
        for schema, version in _to_do(connection, schemas):
            _bring_to_version(connection, schema, version)


def _bring_to_version(connection: Connection[Any], schema: Schema, version: int) -> None:
    for step in schema.steps[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(
        "INSERT INTO comfycontrol.schema_version (name, version) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
        (schema.name, schema.version),
    )


def _to_do(connection: Connection[Any], schemas: Iterable[Schema]) -> list[tuple[Schema, int]]:
    """Return the schemas that are behind, with their present versions."""
    versions: dict[str, int] = {}
    if _exists(connection, "to_regclass('comfycontrol.schema_version')"):
        rows = connection.execute("SELECT name, version FROM comfycontrol.schema_version")
        versions = dict(rows.fetchall())
    found = [(schema, versions.get(schema.name, 0)) for schema in schemas]
    for schema, version in found:
        if version > schema.version:
            raise newer(schema.name, version, schema.version)
    return [(schema, version) for schema, version in found if version < schema.version]


def _exists(connection: Connection[Any], what: str) -> bool:
    row = connection.execute(f"SELECT {what} IS NOT NULL").fetchone()
    return bool(row and row[0])
