"""Never more than 40 arrivals in any 10 s, and no slot lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.simulation.virtual import Time
from pulumi_comfycontrol.core.errors import NoAnswer
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.quota.line import SCHEMA
from pulumi_comfycontrol.core.quota.quota import Quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.fakes import FakeClock

#: The store's clock has nothing in common with those of the machines.
_START = 5e8
OpenQuota = Callable[[Time, int], Quota]


@pytest.fixture(params=["file", "store"])
def open_quota(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenQuota]:
    """Return what opens a process's quota: on one host, or on one of several with a store."""
    stores: list[PostgresDatabase] = []

    def in_file(time: Time, limit: int) -> Quota:
        return file_quota(tmp_path / "quota.sqlite3", limit, clock=time)

    def in_store(time: Time, limit: int) -> Quota:
        stores.append(PostgresDatabase(Secret(url), now=lambda: _START + time.monotonic()))
        stores[-1].add(SCHEMA)
        return Quota(stores[-1], "line", limit, clock=time)

    if request.param == "store":
        url = request.getfixturevalue("store_url")
        yield in_store
    else:
        yield in_file
    for store in stores:
        store.close()


class Host:
    """Processes that share a line, as threads in virtual time with a quota of their own each."""

    def __init__(self, open_quota: OpenQuota, limit: int) -> None:
        self._open_quota = open_quota
        self._limit = limit
        self._time = Time()
        self._sent: list[tuple[str, float]] = []
        self.quota = self._open()

    def process(
        self,
        name: str,
        begin: float = 0.0,
        threads: int = 1,
        quota: Quota | None = None,
        refused: Iterable[float] = (),
    ) -> None:
        """Let each thread send one request, and once more for each cool-down in ``refused``."""
        quota = quota or self._open()

        def thread() -> None:
            self._time.sleep(begin)
            permit = None
            for cool_down in (*refused, None):
                permit = quota.acquire(rejected=permit)
                self._sent.append((name, self._time.monotonic()))
                self._time.sleep(0.1)
                permit.release()
                if cool_down is not None:
                    permit.reject(cool_down)

        for _ in range(threads):
            self._time.start(thread)

    def run(self) -> list[tuple[str, float]]:
        """Return the senders and the times, in order of sending."""
        self._time.run()
        return self._sent

    def _open(self) -> Quota:
        return self._open_quota(self._time, self._limit)


def test_forty_leave_at_once_and_the_next_after_the_window() -> None:
    """A burst of 40 passes without delay; 100 requests take two windows."""
    clock = FakeClock(0.0)
    quota = file_quota(None, clock=clock)
    sent = []
    for _ in range(100):
        permit = quota.acquire()
        sent.append(clock.now)
        permit.release()
    assert sent[39] == 0.0
    assert 10.0 < sent[40] < 10.2
    assert 20.0 < sent[99] < 20.4


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=50, max_size=200))
@settings(max_examples=50, deadline=None)
def test_no_window_has_more_than_forty_arrivals(delays: list[tuple[float, float]]) -> None:
    """Whenever a request arrives between being sent and being answered, the limit holds."""
    clock = FakeClock(0.0)
    quota = file_quota(None, clock=clock)
    arrivals = []
    for to_server, back in delays:
        permit = quota.acquire()
        arrivals.append(clock.now + to_server)
        clock.now += to_server + back
        permit.release()
    assert all(sum(a <= b < a + 10 for b in arrivals) <= 40 for a in arrivals)


class Sending(NamedTuple):
    """A request of one of three processes; all times are seconds."""

    process: int
    begin: float
    there: float
    back: float


SENDING = st.builds(
    Sending,
    st.integers(0, 2),
    st.floats(0, 15),
    st.floats(0, 2),
    st.floats(0, 2),
)


@given(st.lists(SENDING, min_size=50, max_size=150), st.sampled_from([1, 3, 22, 40]))
@settings(max_examples=30, deadline=None)
def test_all_processes_together_keep_to_the_limit_and_finish(
    requests: list[Sending], limit: int
) -> None:
    """For any processes and times; a slot that is kept free delays no request forever."""
    time, arrivals = Time(), list[float]()

    def thread(one: Sending, quota: Quota) -> None:
        time.sleep(one.begin)
        permit = quota.acquire()
        arrivals.append(time.monotonic() + one.there)
        time.sleep(one.there + one.back)
        permit.release()

    with TemporaryDirectory() as folder:
        path = Path(folder) / "quota.sqlite3"
        quotas = [file_quota(path, limit, clock=time) for _ in range(3)]
        for one in requests:
            time.start(partial(thread, one, quotas[one.process]))
        time.run()
    assert len(arrivals) == len(requests)
    assert all(sum(a <= b < a + 10 for b in arrivals) <= limit for a in arrivals)


def test_a_429_stops_everybody_and_halves_the_next_burst() -> None:
    """Nothing is sent during the cool-down; 20 at once after it, 40 after a quiet time."""
    clock = FakeClock(0.0)
    quota = file_quota(None, clock=clock)
    for permit in [quota.acquire() for _ in range(2)]:
        permit.release()
        permit.reject(10)
    sent = []
    for _ in range(21):
        permit = quota.acquire()
        sent.append(clock.now)
        permit.release()
    assert 10.0 < sent[0] < 10.3
    assert sent[19] == sent[0]
    assert sent[20] > sent[0] + 10


def test_a_refused_request_goes_first(open_quota: OpenQuota) -> None:
    """It keeps its place before those that came later: the API has not counted it."""
    host = Host(open_quota, limit=1)
    host.process("first", refused=[10.0])
    host.process("second", begin=0.05)
    order = host.run()
    assert [name for name, _ in order] == ["first", "first", "second"]
    assert 10 < order[1][1] < 10.3


def test_a_429_stops_every_process(open_quota: OpenQuota) -> None:
    """After the cool-down, half of the limit is sent at once, not all waiting requests."""
    host = Host(open_quota, limit=4)
    host.process("refused", refused=[10.0])
    for number in range(6):
        host.process(f"waiting {number}", begin=0.5)
    names, times = zip(*host.run(), strict=True)
    assert (names[0], times[0]) == ("refused", 0.0)
    assert set(names[1:3]) == {"refused", "waiting 0"}
    assert all(10 < at < 10.3 for at in times[1:3])
    assert times[3] > 20


def test_patience_ends_with_cool_downs_alone() -> None:
    """A wait for this host's own requests takes none of it; then it is one sentence."""
    clock = FakeClock(0.0)
    quota = file_quota(None, limit=1, clock=clock)
    quota.acquire().release()
    second = quota.acquire(patience=1.0)
    assert (clock.now > 10, second.closed) == (True, 0.0)
    second.reject(10)
    with pytest.raises(NoAnswer, match="time is over; something else"):
        quota.acquire(patience=5.0)
    quota.acquire(patience=15.0, rejected=second).release()  # no place is left behind
    assert clock.now < 20.5


def test_an_interrupted_wait_gives_its_place_back() -> None:
    """The next request gets the next slot."""
    clock = FakeClock(0.0)
    quota = file_quota(None, limit=1, clock=clock)
    quota.acquire().release()

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quota.acquire(on_wait=interrupt)
    quota.acquire()
    assert 10 < clock.now < 10.3


def test_a_clock_that_starts_again_blocks_nobody(tmp_path: Path) -> None:
    """After a reboot the monotonic clock is small, and the file's times are void."""
    path = tmp_path / "quota.sqlite3"
    before = file_quota(path, limit=1, clock=FakeClock(1e6))
    permit = before.acquire()
    permit.release()
    permit.reject(10)
    clock = FakeClock(5.0)
    file_quota(path, limit=1, clock=clock).acquire()
    assert clock.sleeps == []


def test_a_clock_that_jumps_ahead_blocks_nobody() -> None:
    """A clock that counts the time asleep, or a stopped process: those that wait go on."""
    clock = FakeClock(0.0)
    quota = file_quota(None, limit=1, clock=clock)
    quota.acquire().release()
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + 3600)  # type: ignore[method-assign]
    quota.acquire().release()
    assert clock.now == 3600


def test_a_long_wait_takes_few_looks() -> None:
    """Hundreds of waiting requests must not keep the file busy."""
    clock = FakeClock(0.0)
    quota = file_quota(None, limit=1, window=300.0, clock=clock)
    quota.acquire().release()
    quota.acquire()
    assert 300 < clock.now < 300.2
    assert len(clock.sleeps) < 45


def test_processes_take_turns(open_quota: OpenQuota) -> None:
    """A late process waits for one request of every other process, not for all of them."""
    host = Host(open_quota, limit=1)
    host.process("busy", threads=20)
    host.process("late", begin=5.0, threads=3)
    names = [name for name, _ in host.run()]
    assert names[:7] == ["busy", "busy", "late", "busy", "late", "busy", "late"]
    assert names.count("busy") == 20


def test_nobody_overtakes_within_a_process(open_quota: OpenQuota) -> None:
    """Requests of one process leave in the order in which they asked."""
    host = Host(open_quota, limit=2)
    for number in range(9):
        host.process(str(number), begin=number / 10, quota=host.quota)
    assert [name for name, _ in host.run()] == [str(number) for number in range(9)]


def _use(path: Path, count: int, sent: multiprocessing.Queue[float]) -> None:
    quota = file_quota(path, limit=10, window=0.5)
    for _ in range(count):
        permit = quota.acquire()
        sent.put(time.monotonic())
        permit.release()


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


def _wait(path: Path, ready: multiprocessing.Queue[int]) -> None:
    file_quota(path, 1, 60.0).acquire(on_wait=lambda _: ready.put(os.getpid()))


def test_a_killed_waiter_gives_its_place_back(tmp_path: Path) -> None:
    """The request after it has the next slot, not the one after the next."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    path = tmp_path / "quota.sqlite3"
    quota = file_quota(path, 1, 60.0)
    quota.acquire().release()
    start = time.monotonic()
    process = context.Process(target=_wait, args=(path, ready))
    process.start()
    os.kill(ready.get(timeout=45), signal.SIGKILL)
    process.join()
    clock = FakeClock(time.monotonic())
    file_quota(path, 1, 60.0, clock).acquire()
    assert 60 < clock.now - start < 62


def _hold(path: Path, ready: multiprocessing.Queue[int]) -> None:
    file_quota(path, limit=1).acquire()
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
    file_quota(path, limit=1, clock=clock).acquire()
    assert 20 < clock.now - start < 26.5
