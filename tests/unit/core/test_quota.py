"""Never more than 40 arrivals in any 10 s, and no slot lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.core.errors import NoAnswer
from pulumi_comfycontrol.core.quota import Quota
from tests.fakes import FakeClock


def test_forty_leave_at_once_and_the_next_after_the_window() -> None:
    """A burst of 40 passes without delay; 100 requests take two windows."""
    clock = FakeClock(0.0)
    quota = Quota(None, clock=clock)
    sent = []
    for _ in range(100):
        number = quota.acquire()
        sent.append(clock.now)
        quota.answered(number)
    assert sent[39] == 0.0
    assert 10.0 < sent[40] < 10.2
    assert 20.0 < sent[99] < 20.4


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=50, max_size=200))
@settings(max_examples=50, deadline=None)
def test_no_window_has_more_than_forty_arrivals(delays: list[tuple[float, float]]) -> None:
    """Whenever a request arrives between being sent and being answered, the limit holds."""
    clock = FakeClock(0.0)
    quota = Quota(None, clock=clock)
    arrivals = []
    for to_server, back in delays:
        number = quota.acquire()
        arrivals.append(clock.now + to_server)
        clock.now += to_server + back
        quota.answered(number)
    assert all(sum(a <= b < a + 10 for b in arrivals) <= 40 for a in arrivals)


def test_a_429_stops_everybody_and_halves_the_next_burst() -> None:
    """Nobody sends during the cool-down; 20 at once after it, 40 once it has been quiet."""
    clock = FakeClock(0.0)
    quota = Quota(None, clock=clock)
    quota.close(10)
    quota.close(10)
    sent = []
    for _ in range(21):
        number = quota.acquire()
        sent.append(clock.now)
        quota.answered(number)
    assert 10.0 < sent[0] < 10.3
    assert sent[19] == sent[0]
    assert sent[20] > sent[0] + 10


def test_a_deadline_gives_the_place_back() -> None:
    """Who can't wait fails with a sentence, and the request counts for nothing."""
    clock = FakeClock(0.0)
    quota = Quota(None, limit=1, clock=clock)
    quota.answered(quota.acquire())
    with pytest.raises(NoAnswer, match="quota"):
        quota.acquire(deadline=5.0)
    quota.answered(quota.acquire())
    assert clock.now < 10.2


def test_a_clock_that_starts_again_blocks_nobody(tmp_path: Path) -> None:
    """After a reboot the monotonic clock is small, and what the file says is void."""
    path = tmp_path / "quota.sqlite3"
    before = Quota(path, limit=1, clock=FakeClock(1e6))
    before.answered(before.acquire())
    before.close(10)
    clock = FakeClock(5.0)
    Quota(path, limit=1, clock=clock).acquire()
    assert clock.sleeps == []


@pytest.mark.parametrize("trouble", ["not a folder", "corrupt"])
def test_a_file_that_cannot_be_used_fails_no_run(
    tmp_path: Path, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The process then counts for itself, and says so."""
    path = tmp_path / "state" / "quota.sqlite3"
    if trouble == "corrupt":
        path.parent.mkdir()
        path.write_bytes(b"nonsense" * 1000)
    else:
        path.parent.write_text("")
    quota = Quota(path, limit=1, clock=FakeClock(0.0))
    quota.answered(quota.acquire())
    # A damaged file is replaced without a word; a missing folder is the user's to mend.
    assert ("can't be used" in caplog.text) == (trouble == "not a folder")


def test_a_file_that_breaks_later_fails_no_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same when the file is damaged in the middle."""
    path = tmp_path / "quota.sqlite3"
    quota = Quota(path, clock=FakeClock(0.0))
    quota.acquire()
    with sqlite3.connect(path) as rows:
        rows.execute("DROP TABLE request")
    rows.close()
    quota.acquire()
    assert "can't be used" in caplog.text


def _use(path: Path, count: int, sent: multiprocessing.Queue[float]) -> None:
    quota = Quota(path, limit=10, window=0.5)
    for _ in range(count):
        number = quota.acquire()
        sent.put(time.monotonic())
        quota.answered(number)


def test_processes_share_the_window(tmp_path: Path) -> None:
    """Four processes together keep the limit."""
    context = multiprocessing.get_context("spawn")
    sent: multiprocessing.Queue[float] = context.Queue()
    arguments = (tmp_path / "quota.sqlite3", 8, sent)
    processes = [context.Process(target=_use, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    times = sorted(sent.get(timeout=30) for _ in range(32))
    for process in processes:
        process.join()
    assert all(sum(a <= b < a + 0.5 for b in times) <= 10 for a in times)


def _hold(path: Path, ready: multiprocessing.Queue[int]) -> None:
    Quota(path, limit=1).acquire()
    ready.put(os.getpid())
    time.sleep(60)


def test_a_killed_holder_gives_its_slot_back(tmp_path: Path) -> None:
    """The slot of a request whose process was killed is free after 15 s and one window."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    path = tmp_path / "quota.sqlite3"
    process = context.Process(target=_hold, args=(path, ready))
    process.start()
    os.kill(ready.get(timeout=30), signal.SIGKILL)
    process.join()
    clock = FakeClock(time.monotonic())
    start = clock.now
    Quota(path, limit=1, clock=clock).acquire()
    assert 20 < clock.now - start < 26.5
