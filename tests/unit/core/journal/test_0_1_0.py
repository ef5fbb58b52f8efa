"""A journal that release 0.1.0 wrote: its open attempts are not lost."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from pulumi_comfycontrol.core.journal.attempt import State
from pulumi_comfycontrol.core.journal.opened import FILE, local_journal
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import make_lifecycle

#: What 0.1.0 makes.
SCHEMA = """
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
URN = "urn:pulumi:dev::test::pulumi-python:dynamic/comfycontrol:Runner::"
VALUES = {"name": "GPU", "endpoint": "http://x"}


def write(folder: Path, api: str, *rows: tuple[str, str, int, str | None, int]) -> None:
    """Let 0.1.0 leave attempts: owner, fingerprint, active, id, known."""
    with sqlite3.connect(folder / FILE) as connection:
        connection.executescript(SCHEMA)
        for owner, fingerprint, active, object_id, known in rows:
            connection.execute(
                "INSERT INTO attempt (api, kind, owner, fingerprint, holder, supervisor, started,"
                " active, object_id, known, token) VALUES (?, 'runner', ?, ?, 'gone', '1', ?, ?,"
                " ?, ?, '')",
                (api, owner, fingerprint, time.time(), active, object_id, known),
            )
    connection.close()


def test_each_state_is_taken_over(tmp_path: Path) -> None:
    """Sent, unknown, answered and delivered attempts stay open; a confirmed one stays known."""
    fingerprint = "00" * 32
    write(
        tmp_path,
        "http://api",
        ("sent", fingerprint, 1, None, 0),
        ("unknown", fingerprint, 0, None, 0),
        ("answered", fingerprint, 0, "id-1", 0),
        ("delivered", fingerprint, 0, "id-2", 1),
        ("confirmed", fingerprint, 0, "id-3", 2),
    )
    for _ in range(2):  # and once only
        journal = local_journal(tmp_path, "http://api")
        for state in (State.SENT, State.UNKNOWN, State.ANSWERED, State.DELIVERED):
            [attempt] = journal.attempts("runner", state.value, fingerprint)
            assert attempt.state is state
        assert journal.attempts("runner", "confirmed", fingerprint) == []
        assert journal.ids("runner") == {"id-1", "id-2", "id-3"}


def test_0_1_0_may_go_on_beside(tmp_path: Path) -> None:
    """Rows that another project's older release writes later are migrated at the next start."""
    local_journal(tmp_path, "http://api")
    write(tmp_path, "http://api", ("first", "00" * 32, 0, "id-1", 0))
    local_journal(tmp_path, "http://api")
    write(tmp_path, "http://api", ("second", "00" * 32, 0, "id-2", 0))
    assert local_journal(tmp_path, "http://api").ids("runner") == {"id-1", "id-2"}


def test_an_object_of_a_killed_run_of_0_1_0_is_taken_over(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The upgrade between the kill and the next run doubles nothing."""
    made = emulator.runners.seed(**VALUES)
    fingerprint = RUNNER.fingerprint(VALUES)
    write(tmp_path, emulator.url, (f"{URN}gpu", fingerprint, 1, None, 0))
    lifecycle = make_lifecycle(emulator, tmp_path)
    lifecycle.create(VALUES, f"{URN}gpu")
    assert [row["id"] for row in emulator.runners.all()] == [made["id"]]
