"""Targets: a missed target is reported as missed."""

from __future__ import annotations

import pytest

from benchmarks.fleet import NAIVE, NATIVE, OURS
from benchmarks.measure import Arrival, Measured
from benchmarks.report import Origin, page
from benchmarks.results import Results, Sizes
from benchmarks.targets import Verdict, verdicts

SECOND_WINDOW = 10.2


def up(seconds: float, *, posts: int = 100, refused: int = 0) -> Measured:
    """An `up` of 100 runners."""
    statuses = [201] * posts + [429] * refused
    return Measured(
        seconds,
        [Arrival(number // 40 * SECOND_WINDOW, "POST", one) for number, one in enumerate(statuses)],
    )


def results(*runs: Measured, own: float = 3.0) -> Results:
    """Runs of `up`, which takes ``own`` seconds without limit and latency."""
    made = Results(Sizes(100), len(runs))
    made.life["up"][OURS].extend(runs)
    made.life_free["up"][OURS].append(up(own))
    return made


def missed(found: list[Verdict]) -> list[str]:
    """The targets that are missed."""
    return [one.target for one in found if not one.met]


def test_all_met() -> None:
    """1.05 times the quota's minimum and the engine's own time are allowed."""
    assert missed(verdicts(results(up(23.9), up(23.9), up(30.0)))) == []


@pytest.mark.parametrize(
    ("runs", "target"),
    [
        ([up(24.1)], "at most 24.00 s"),
        ([up(23.0), up(23.0), up(23.0, posts=101)], "100 POSTs"),
        ([up(23.0), up(23.0), up(23.0, refused=1)], "no answers 429"),
    ],
)
def test_missed(runs: list[Measured], target: str) -> None:
    """Times are judged by the median, counts by the worst run."""
    assert any(target in one for one in missed(verdicts(results(*runs))))


@pytest.mark.parametrize(("span", "lost"), [(20.9, []), (21.1, ["first to last request"])])
def test_a_wide_destroy_is_judged_by_its_requests_too(span: float, lost: list[str]) -> None:
    """From the first to the last request, 1.05 times the quota's minimum is allowed."""
    times = [*(number // 40 * SECOND_WINDOW for number in range(101)), span]
    measured = Measured(22.0, [Arrival(at, "DELETE", 200) for at in times])
    made = Results(Sizes(100), 1)
    made.life["wide-destroy"][OURS] = [measured]
    made.life_free["wide-destroy"][OURS] = [up(2.0)]
    assert [one.partition(":")[0] for one in missed(verdicts(made))] == lost


@pytest.mark.parametrize(("requests", "lost"), [(1002, 0), (1003, 1)])
def test_a_large_destroy_is_judged_by_its_requests(requests: int, lost: int) -> None:
    """One for each runner and at most two more, whatever else they cost."""
    made = Results(Sizes(100), 1)
    arrivals = [Arrival(at * 0.25, "DELETE", 200) for at in range(requests)]
    made.large[OURS] = [Measured(260.0, arrivals)]
    made.large_free[OURS] = [up(20.0)]
    assert len(missed(verdicts(made))) == lost


@pytest.mark.parametrize(("posts", "lost"), [(99, 1), (100, 0), (101, 1)])
def test_the_native_provider_sends_as_many_requests(posts: int, lost: int) -> None:
    """Fewer than the dynamic provider are as wrong as more."""
    made = results(up(23.0))
    made.life["up"][NATIVE].append(up(23.0, posts=posts))
    assert len(missed(verdicts(made))) == lost


@pytest.mark.parametrize(
    ("naive", "dynamic", "native", "lost"),
    [
        (10.0, 10.5, 10.5, []),
        (10.0, 10.6, 10.0, ["`preview`, 1,000 runners"]),
        (10.0, 10.0, 10.1, ["`preview`, 1,000 runners, native"]),
    ],
)
def test_large_plans_are_judged_beside_others(
    naive: float, dynamic: float, native: float, lost: list[str]
) -> None:
    """1.05 times the naive provider's time is allowed; to the native one, the dynamic one's."""
    made = Results(Sizes(100), 1)
    for provider, seconds in ((NAIVE, naive), (OURS, dynamic), (NATIVE, native)):
        made.large_plans["preview"][provider] = [Measured(seconds, [])]
    assert [one.work for one in verdicts(made) if not one.met] == lost


def test_memory_and_import() -> None:
    """The largest process and the median import count."""
    made = Results(Sizes(100), 1)
    made.memory[OURS] = [100_000_000, 120_000_000]
    made.imports = [10.0, 61.0, 61.0]
    assert missed(verdicts(made)) == ["under 120 MB", "under 60 ms"]


def test_the_page_shows_what_is_missed() -> None:
    """A missed target is marked, and counted on top."""
    made = results(up(24.1))
    found = verdicts(made)
    text = page(made, found, Origin("today", "machine", "versions", (0.0, 0.0)), None)
    assert f"1 of {len(found)} missed." in text
    assert text.count("**missed**") == 1
