"""Failures of the quota's file, none of which fails the run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.quota import host
from pulumi_comfycontrol.core.quota.host import file_quota, host_quota, quota_path
from pulumi_comfycontrol.core.quota.quota import Quota
from pulumi_comfycontrol.core.storage import sqlite
from pulumi_comfycontrol.core.storage.database import Rows
from tests.fakes import FakeClock

URL = "https://api.example.com"


def connection_of(quota: Quota) -> sqlite3.Connection:
    """The connection to the quota's file."""
    database = quota._database
    assert isinstance(database, sqlite.SqliteDatabase)
    return database._connection


def test_a_damaged_file_is_replaced_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Processes then share the new one."""
    path = tmp_path / "quota.sqlite3"
    path.write_bytes(b"nonsense" * 1000)
    clock = FakeClock(0.0)
    one, other = (file_quota(path, limit=1, clock=clock) for _ in range(2))
    one.acquire().release()
    other.acquire()
    assert clock.now > 10
    assert caplog.text == ""


@pytest.mark.parametrize("trouble", ["a file as folder", "a folder as file", "no home"])
def test_a_folder_that_cannot_be_used_is_told_once(
    tmp_path: Path, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The process counts for itself. The same holds for a folder of another user."""
    path = tmp_path / "state" / "quota.sqlite3"
    if trouble == "a file as folder":
        path.parent.write_text("")
    elif trouble == "a folder as file":
        path.mkdir(parents=True)
    else:
        path = Path(os.devnull) / "state" / "quota.sqlite3"
    clock = FakeClock(0.0)
    quota = file_quota(path, limit=1, clock=clock)
    for _ in range(2):
        quota.acquire().release()
    assert clock.now > 10
    assert caplog.text.count("can't be used") == 1
    assert "set COMFYCONTROL_STATE_DIR to a local folder" in caplog.text


def _full(rows: sqlite3.Connection) -> None:
    rows.execute("PRAGMA max_page_count = 1")  # SQLite then says: database or disk is full


def _read_only(rows: sqlite3.Connection) -> None:
    rows.execute("PRAGMA query_only = ON")


def _damaged(rows: sqlite3.Connection) -> None:
    rows.execute("DROP TABLE request")


@pytest.mark.parametrize(
    ("trouble", "text"),
    [(_full, "full"), (_read_only, "readonly"), (_damaged, "no such table: request")],
)
def test_a_file_that_fails_later_is_told_and_waited_for(
    tmp_path: Path,
    trouble: Callable[[sqlite3.Connection], None],
    text: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With its rows lost, nothing is sent for one window; then the process counts alone."""
    clock = FakeClock(0.0)
    quota = file_quota(tmp_path / "quota.sqlite3", limit=10_000, clock=clock)
    quota.acquire().release()
    trouble(connection_of(quota))
    while not caplog.text:
        assert clock.now == 0
        quota.acquire().release()
    assert 10 < clock.now < 10.3
    assert text in caplog.text
    assert caplog.text.count("can't be used") == 1
    quota.acquire()
    assert caplog.text.count("can't be used") == 1


def test_a_file_that_stays_locked_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file whose lock a stopped process or a network folder holds does not hold up a request."""
    monkeypatch.setattr(sqlite, "_BUSY", 0.05)
    path = tmp_path / "quota.sqlite3"
    quota = file_quota(path, clock=FakeClock(0.0))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    quota.acquire()
    other.close()
    assert "database is locked" in caplog.text


def _write_for_ever(path: Path, ready: multiprocessing.Queue[int]) -> None:
    def work(rows: Rows) -> None:
        rows.execute(
            "INSERT INTO request (line, number, process, rank, next_poll)"
            " VALUES ('', 1, 'killed', 1, 1e9)"
        )
        ready.put(os.getpid())
        time.sleep(60)

    file_quota(path)._database.transact(work)


def test_a_process_that_is_killed_while_it_writes_leaves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The killed process's transaction is undone, and its lock is free."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    path = tmp_path / "quota.sqlite3"
    process = context.Process(target=_write_for_ever, args=(path, ready))
    process.start()
    os.kill(ready.get(timeout=30), signal.SIGKILL)
    process.join()
    clock = FakeClock(0.0)
    file_quota(path, clock=clock).acquire()
    rows = sqlite3.connect(path).execute("SELECT process FROM request").fetchall()
    assert ("killed",) not in rows
    assert (clock.sleeps, caplog.text) == ([], "")


def test_hosts_that_share_a_folder_over_a_network_have_a_file_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their clocks have nothing in common, and neither has one host before and after a reboot."""
    here = quota_path(tmp_path, URL)
    assert quota_path(tmp_path, "HTTPS://API.example.com:443/v1") == here
    monkeypatch.setattr(host, "_boot", lambda: "another")
    assert quota_path(tmp_path, URL) != here


def test_users_count_for_themselves(tmp_path: Path) -> None:
    """Users of one host have a state folder each, so each needs a share of the host's quota."""
    clock = FakeClock(0.0)
    for user in ("one", "other"):
        quota = host_quota(URL, 1, 10.0, clock, tmp_path / user)
        quota.acquire().release()
    assert clock.now == 0.0
    again = host_quota(URL, 1, 10.0, clock, tmp_path / "one")
    again.acquire()
    assert clock.now > 10
