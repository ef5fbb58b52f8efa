"""The simulation of large fleets, at a small size."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.simulation.host import Host, Process
from benchmarks.simulation.report import BEGIN, END, put, table
from benchmarks.simulation.run import Result, run
from benchmarks.simulation.scenario import FEW, SCENARIOS, Scenario, Work
from benchmarks.simulation.virtual import Time
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.quota.quota import Quota

RUNNERS = 300
SMALL = {one.name: replace(one, runners=RUNNERS, stacks=50, parallel=4) for one in SCENARIOS}
WITHIN_THE_LIMIT = (
    *("one host", "one account", "addresses", "groups", "shares", "smallest shares", "store"),
)
PAGE = Path(__file__).parents[2] / "docs" / "design" / "scale.md"


@pytest.mark.parametrize("name", ["one host", "smallest shares", "no shares"])
def test_every_runner_is_made_once(name: str) -> None:
    """A refused request was not carried out, and each is sent until it is."""
    result = run(SMALL[name], Work.UP)
    assert (result.passed, result.runners, result.failed) == (RUNNERS, RUNNERS, 0)


@pytest.mark.parametrize("name", ["one host", "no shares"])
def test_every_runner_is_destroyed_by_one_request(name: str) -> None:
    """A DELETE each, and one GET in each of the 50 stacks to verify its first."""
    result = run(SMALL[name], Work.DESTROY)
    assert (result.runners, result.failed) == (0, 0)
    assert result.passed == RUNNERS + 50


@pytest.mark.parametrize("parallel", [8, 40])
def test_a_large_account_is_destroyed_in_the_quotas_minimum(parallel: int) -> None:
    """1,000 runners of one account take 1,001 requests and 1.05 times the least of time."""
    alone = Scenario("alone", "", hosts=1, stacks=1, runners=1000, parallel=parallel)
    result = run(alone, Work.DESTROY)
    assert result.passed == 1001
    assert (result.runners, result.refused, result.failed) == (0, 0, 0)
    assert result.seconds <= 1.05 * result.minimum


def test_a_refresh_of_an_account_of_its_own_is_few_lists() -> None:
    """A GET and a page for each of the 50 stacks, however long they wait for their turn."""
    result = run(SMALL["smallest shares"], Work.REFRESH)
    assert (result.passed, result.runners) == (100, RUNNERS)


@pytest.mark.parametrize("name", WITHIN_THE_LIMIT)
def test_nobody_is_refused_who_keeps_to_a_share(name: str) -> None:
    """Whenever the shares behind an address add up to at most 40 in 10 s."""
    results = [run(SMALL[name], work) for work in SMALL[name].works]
    assert [(result.refused, result.failed) for result in results] == [(0, 0)] * len(results)


def test_shares_cost_no_time() -> None:
    """Ten hosts with shares are as fast as one host with all of the quota."""
    alone, shared = (run(SMALL[name], Work.UP).seconds for name in ("one host", "shares"))
    assert shared == pytest.approx(alone, rel=0.02)


def test_a_store_costs_no_time() -> None:
    """Fifty hosts that share a line are as fast as one host with all of the quota."""
    alone, shared = (run(SMALL[name], Work.UP) for name in ("one host", "store"))
    assert shared.refused == 0
    assert shared.seconds == pytest.approx(alone.seconds, rel=0.02)


@pytest.mark.parametrize("hosts", [2, 4, 10])
def test_few_hosts_with_a_store_are_within_five_percent(hosts: int) -> None:
    """60 runners each: no answer 429, and 1.05 times the minimum after a start within 1 s.

    The first to begin uses the whole quota for a moment, and is done earlier for it.
    """
    [shared] = [one for one in FEW if one.hosts == hosts and one.store]
    result = run(shared, Work.UP)
    assert (result.refused, result.runners) == (0, 60 * hosts)
    assert result.seconds - 1 <= 1.05 * result.minimum
    assert result.fairness > 0.5


def test_hosts_that_do_not_know_of_each_other_are_refused_but_get_through() -> None:
    """Fifty hosts that each send 40 in 10 s through one address slow down until it works."""
    result = run(SMALL["no shares"], Work.UP)
    assert result.refused > RUNNERS / 2
    assert result.seconds < 5 * result.minimum


def test_the_same_seed_gives_the_same_result() -> None:
    """Also where much depends on chance."""
    first, second, other = (run(SMALL["two hosts"], Work.UP, seed) for seed in (1, 1, 2))
    assert first == second
    assert first.finished != other.finished


def _sent(open_quotas: Callable[[Time], list[Process] | list[Quota]]) -> list[tuple[float, int]]:
    """When each request of three processes left; they begin at odd times, with 1 to 9 threads."""
    time, dice = Time(), random.Random(1)
    sent: list[tuple[float, int]] = []

    def thread(quota: Process | Quota, name: int) -> None:
        time.sleep(name * 3)
        for _ in range(60 // (1 + 4 * name)):
            permit = quota.acquire()
            sent.append((time.monotonic(), name))
            time.sleep(dice.uniform(0.05, 0.5))
            permit.release()

    for name, quota in enumerate(open_quotas(time)):
        for _ in range(1 + 4 * name):
            time.start(lambda quota=quota, name=name: thread(quota, name))  # type: ignore[misc]
    time.run()
    return sent


@pytest.mark.parametrize("limit", [7, 30])
def test_a_simulated_host_is_as_fast_as_the_quota_itself(tmp_path: Path, limit: int) -> None:
    """Requests leave at the same times, process by process, as with the file."""

    def simulated(time: Time) -> list[Process]:
        host = Host(time, limit, 10.0)
        return [Process(host, time) for _ in range(3)]

    def real(time: Time) -> list[Quota]:
        return [file_quota(tmp_path / "quota.sqlite3", limit, clock=time) for _ in range(3)]

    ours, theirs = _sent(simulated), _sent(real)
    assert [name for _, name in ours] == [name for _, name in theirs]
    assert [at for at, _ in ours] == pytest.approx([at for at, _ in theirs], abs=0.05)


def test_only_the_table_is_replaced() -> None:
    """The text around the comments stays as it was written by hand."""
    page = f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n"
    assert put(page, "new") == f"Before.\n{BEGIN}\nnew\n{END}\nAfter.\n"


def test_a_row_says_what_happened() -> None:
    """Numbers are those of the result; the scenario stands in its first row."""
    scenario = Scenario("x", "title", hosts=2, share=(20, 10.0))
    one = Result(scenario, Work.UP, 1234, 5, 6, 0, (1800.0, 3725.4), 3000.0)
    first, second = table([one, replace(one, work=Work.DESTROY)]).splitlines()[-2:]
    assert first == (
        "| 2 | 1 | 20/10 | title | up | 1,234 | 5 | 6 | 1:02:05 | 0:50:00 | 1.24 | 0.48 |"
    )
    assert second.startswith("| | | | | destroy |")


def test_the_page_has_a_row_for_each_work_of_each_scenario() -> None:
    """The table in docs/design/scale.md was computed from the scenarios of today."""
    text = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [row[3] for row in rows if row[0]] == [one.title for one in SCENARIOS]
    assert [row[4] for row in rows] == [work for one in SCENARIOS for work in one.works]
