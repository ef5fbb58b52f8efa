"""The journal's file: lifetimes of its rows, and failures of the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError
from pulumi_comfycontrol.core.journal.journal import Journal
from pulumi_comfycontrol.core.journal.opened import local_journal
from pulumi_comfycontrol.core.storage.sqlite import SqliteDatabase
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.cancellation import CancellableClock
from tests.fakes import make_lifecycle

API = "http://api"
DAY = 86_400.0
VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}


def begin(journal: Journal, owner: str, *, ago: float = 0.0, id_: str | None = None) -> int:
    """Record an attempt of some seconds ago, and its id if it has one."""
    number = journal.begin("runner", owner, "00" * 32, time.time() - ago)
    if id_ is not None:
        journal.answered(number, owner, id_)
    return number


def connection_of(journal: Journal) -> sqlite3.Connection:
    """The connection to the journal's file."""
    database = journal._database
    assert isinstance(database, SqliteDatabase)
    return database._connection


def ids(folder: Path) -> set[str]:
    """The ids on record for a process that starts now."""
    return local_journal(folder, API).ids("runner")


def test_objects_are_dropped_when_nothing_can_be_mistaken_for_them(tmp_path: Path) -> None:
    """Confirmed objects are kept for an hour, delivered ones for 30 days, all others forever."""
    journal = local_journal(tmp_path, API)
    for owner in ("shown", "told", "open"):
        for name, ago in (("new", 0.0), ("hours", 2 * 3600.0), ("months", 60 * DAY)):
            begin(journal, owner, ago=ago, id_=f"{owner}-{name}")
            if owner == "shown":
                journal.confirm("runner", f"{owner}-{name}")
    journal.delivered("told")
    journal.close()
    assert ids(tmp_path) == {
        "shown-new",
        *("told-new", "told-hours"),
        *("open-new", "open-hours", "open-months"),
    }


def test_objects_stay_with_a_lost_attempt_of_the_same_time(tmp_path: Path) -> None:
    """While an attempt's outcome is unknown, it must not find the object of another attempt."""
    journal = local_journal(tmp_path, API)
    lost = begin(journal, "lost", ago=60 * DAY)
    for name, ago in (("then", 60 * DAY), ("later", 50 * DAY)):
        begin(journal, name, ago=ago, id_=name)
        journal.confirm("runner", name)
    assert ids(tmp_path) == {"then"}
    journal.forget(lost)
    assert ids(tmp_path) == set()


def test_only_equal_attempts_of_the_same_time_count_as_lost(tmp_path: Path) -> None:
    """An attempt with an id, with other fields or of another time is not taken for a lost one."""
    journal = local_journal(tmp_path, API)
    now = time.time()
    begin(journal, "one")
    begin(journal, "two", ago=60.0)
    begin(journal, "old", ago=3600.0)
    begin(journal, "made", id_="id-1")
    journal.begin("runner", "other", "ff" * 32, now)
    assert journal.unknown("runner", "00" * 32, now - 300, now + 300) == 2


def full(journal: Journal, folder: Path) -> None:
    """Let the disk be full."""
    [(pages,)] = connection_of(journal).execute("PRAGMA page_count").fetchall()
    connection_of(journal).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        fill(connection_of(journal))


def fill(rows: sqlite3.Connection) -> None:
    """Use up what room is left in the pages."""
    columns = "number, api, kind, owner, fingerprint, token, holder, supervisor, state, started"
    for number in range(1000):
        rows.execute(
            f"INSERT INTO create_attempt ({columns}) VALUES (?, '', '', '', '', '', '', '', '', 0)",
            (number,),
        )


def taken_away(journal: Journal, folder: Path) -> None:
    """Let the folder be gone, and a file in its place."""
    shutil.rmtree(folder)
    folder.write_text("")


@pytest.mark.parametrize("fault", [full, taken_away])
def test_a_disk_that_fails_between_two_creates_fails_none(
    emulator: Emulator,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    fault: Callable[[Journal, Path], None],
) -> None:
    """The second create goes on in memory, with one warning, and still makes one object."""
    folder = tmp_path / "journal"
    lifecycle = make_lifecycle(emulator, folder)
    first = lifecycle.create(VALUES, "one")
    fault(lifecycle._journal, folder)
    emulator.fault("drop_after", "POST")
    second = lifecycle.create(VALUES, "two")
    third = lifecycle.create(VALUES, "three")
    assert {one.id for one in (first, second, third)} == {
        row["id"] for row in emulator.runners.all()
    }
    assert caplog.text.count("can't be used") == 1
    assert "hidden-value" not in caplog.text


def test_a_damaged_file_fails_no_create(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nonsense in the place of the database costs the protection, not the create."""
    (tmp_path / "creates.sqlite3").write_bytes(os.urandom(5000))
    make_lifecycle(emulator, tmp_path).create(VALUES, "one")
    assert "can't be used" in caplog.text
    assert len(emulator.runners.all()) == 1


def test_an_interruption_ends_the_wait_for_an_equal_create(tmp_path: Path) -> None:
    """A create that waits for one of another process ends at once, and sends nothing."""
    clock = CancellableClock()
    waiting = local_journal(tmp_path, API, clock=clock)
    with local_journal(tmp_path, API).one_at_a_time("00" * 32):
        clock.cancel()
        with (
            pytest.raises(ComfyControlError, match="interrupted"),
            waiting.one_at_a_time("00" * 32),
        ):
            pytest.fail("the lock is taken twice")
