"""The emulator's file outlives the release that wrote it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import NOBODY, RUNNER, Api

#: The tables of release 0.1.0.
FORMAT_1 = """
CREATE TABLE account (id TEXT PRIMARY KEY, tier TEXT);
CREATE TABLE token (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, expired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE object (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, created_at TEXT NOT NULL, status TEXT, data TEXT NOT NULL
);
CREATE INDEX object_by_age ON object (kind, account, created_at, number);
PRAGMA user_version = 1;
INSERT INTO account (id) VALUES ('mine');
INSERT INTO token (token, account) VALUES ('cfc_emulator', 'mine');
"""


def test_a_file_of_an_older_release_is_taken_over(tmp_path: Path) -> None:
    """Its objects can be read, changed and removed; the second start finds the new format."""
    file = tmp_path / "state.sqlite3"
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    row = {"id": NOBODY, "user_id": "mine", "status": "active", "tags": [], "headers": {}}
    row |= RUNNER | times
    database = sqlite3.connect(file)
    database.executescript(FORMAT_1)
    database.execute(
        "INSERT INTO object (kind, id, account, created_at, status, data)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        ("runner", NOBODY, "mine", times["created_at"], "active", json.dumps(row)),
    )
    database.commit()
    database.close()
    with Emulator(db=file) as emulator, Api(emulator.url) as api:
        assert api.get("/v1/runner") == {"runners": [row], "total": 1}
        assert api.put(row, name="new")["name"] == "new"
    with Emulator(db=file) as emulator, Api(emulator.url) as api:
        assert api.send("DELETE", f"/v1/runner/{NOBODY}").status_code == 200
        assert api.get("/v1/runner")["total"] == 0


def test_a_removed_id_can_be_used_again(emulator: Emulator) -> None:
    """An object that is remembered as removed is not in the way of the dashboard."""
    row = emulator.runners.seed(name="one")
    emulator.runners.delete(row["id"])
    emulator.runners.seed(id=row["id"], name="two")
    assert [one["name"] for one in emulator.runners.all()] == ["two"]


def test_a_removed_object_stays_removed_when_the_clock_is_set_back(emulator: Emulator) -> None:
    """A reset of the clock alone brings nothing back, and hides nothing."""
    emulator.clock.advance(1000)
    removed, kept = emulator.runners.seed_many(RUNNER, RUNNER)
    emulator.runners.delete(removed["id"])
    emulator.reset("clock")
    assert emulator.runners.all() == [kept]
    with Api(emulator.url) as api:
        assert api.get("/v1/runner")["total"] == 1


def test_a_file_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """Rather than read by guess."""
    file = tmp_path / "state.sqlite3"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(sqlite3.DatabaseError, match="format 99"):
        Emulator(db=file).start()
