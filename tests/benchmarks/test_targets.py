"""Targets: a missed target is reported as missed."""

from __future__ import annotations

import pytest

from benchmarks.fleet import NAIVE, NATIVE, OURS
from benchmarks.large import Large
from benchmarks.measure import Arrival, Measured
from benchmarks.report import Origin, page
from benchmarks.results import Results, Sizes
from benchmarks.start import Start
from benchmarks.targets import Verdict, verdicts
from benchmarks.terraform import SAFE_PACE, Command
from benchmarks.usage import Usage

SECOND_WINDOW = 10.2
ORIGIN = Origin("today", "machine", "versions", (0.0, 0.0), 25.0)


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


def large(step: str, provider: str, seconds: float, cpu: float = 1.0, memory: int = 1) -> Large:
    """A step of a large stack, without requests."""
    return Large(step, provider, Measured(seconds, []), Usage(cpu, memory))


@pytest.mark.parametrize(
    ("requests", "seconds", "lost"),
    [(1002, 282.0, []), (1003, 282.0, ["requests"]), (1002, 283.0, ["whole command"])],
)
def test_a_large_destroy_is_judged_by_requests_and_time(
    requests: int, seconds: float, lost: list[str]
) -> None:
    """One request for each runner and two more; 1.05 times the minimum and the engine's own."""
    made = Results(Sizes(100), 1)
    arrivals = [Arrival(at * 0.25, "DELETE", 200) for at in range(requests)]
    made.large_destroy = [Measured(seconds, arrivals)]
    made.large = [large("destroy", OURS, 20.0)]
    targets = missed(verdicts(made))
    assert len(targets) == len(lost)
    assert all(text in target for text, target in zip(lost, targets, strict=True))


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
    made.large = [
        large("preview", provider, seconds)
        for provider, seconds in ((NAIVE, naive), (OURS, dynamic), (NATIVE, native))
    ]
    assert [one.work for one in verdicts(made) if not one.met] == lost


@pytest.mark.parametrize(("native", "lost"), [(3.0, 0), (3.1, 1)])
def test_the_native_process_takes_no_more_time_than_the_dynamic_one(
    native: float, lost: int
) -> None:
    """Of all steps together, each with the least of its runs."""
    made = Results(Sizes(100), 2)
    made.large = [
        *(large("up", OURS, 1.0, cpu) for cpu in (2.0, 9.0)),
        large("refresh", OURS, 1.0, 1.0),
        large("up", NATIVE, 1.0, native),
    ]
    assert len(missed(verdicts(made))) == lost


def test_memory_and_starts() -> None:
    """The largest process, and the median of imports and starts."""
    made = Results(Sizes(100), 1)
    made.large = [
        large("up", NAIVE, 1.0),
        *(large("up", OURS, 1.0, memory=memory) for memory in (100_000_000, 120_000_000)),
    ]
    made.imports = [10.0, 61.0, 61.0]
    made.starts = [Start(port, port + 100.0) for port in (190.0, 200.0, 210.0)]
    found = verdicts(made)
    assert missed(found) == ["under 120 MB", "under 60 ms", "under 200 ms"]
    shown = "its first answer, ms, 3 times | this project, native | 290 / 300 / 310 |"
    assert shown in page(made, found, ORIGIN, None)


def test_what_could_not_be_measured_is_missed() -> None:
    """And the other parts are judged and shown."""
    made = results(up(23.0))
    made.life["destroy"][NAIVE].append(up(25.0))
    made.failures["this project, 100 runners"] = "WrongResultError: the engine\ndid nothing"
    found = verdicts(made)
    assert missed(found) == ["can be measured"]
    assert "WrongResultError: the engine did nothing | **missed**" in page(
        made, found, ORIGIN, None
    )


def test_the_page_shows_what_is_missed() -> None:
    """A missed target is marked, and counted on top."""
    made = results(up(24.1))
    found = verdicts(made)
    text = page(made, found, ORIGIN, None)
    assert f"1 of {len(found)} missed." in text
    assert text.count("**missed**") == 1


def test_the_page_shows_what_terraform_did() -> None:
    """A command that was refused says how many objects are missing."""
    made = results(up(23.0))
    made.terraform_versions = "Terraform 1"
    made.terraform = [
        Command("apply", 4.0, up(25.0, posts=59, refused=41), 41),
        Command("apply", SAFE_PACE, up(28.0), 0),
    ]
    text = page(made, verdicts(made), ORIGIN, None)
    assert "| `terraform apply` | 4 | failed, 41 missing | 25.0 |" in text
    assert "| 23.0 s, 100 requests | 28.0 s, 100 requests |" in text


def test_the_page_says_why_terraform_is_missing() -> None:
    """A run without Terraform is no run in which it had nothing to show."""
    made = results(up(23.0))
    made.terraform_missing = "there was no `terraform` on PATH"
    text = page(made, verdicts(made), ORIGIN, None)
    assert "not measured in this run: there was no `terraform` on PATH" in text
