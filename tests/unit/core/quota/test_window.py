"""The arithmetic of the quota: pure, so that each rule is a line of numbers."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.quota.window import CoolDown, Pace, rank


@pytest.mark.parametrize(
    ("times", "limit", "window"),
    [(0, 40, 10.0), (1, 20, 10.0), (3, 5, 10.0), (5, 1, 10.0), (6, 1, 20.0), (8, 1, 80.0)],
)
def test_a_halving_halves_the_limit_and_then_doubles_the_window(
    times: int, limit: int, window: float
) -> None:
    """There is no less than one request at once, but there is less often."""
    assert Pace(40, 10.0).halved(times) == Pace(limit, window)


def test_all_429s_of_one_cool_down_halve_once() -> None:
    """Forty requests under way are refused together, for one reason."""
    cool_down = CoolDown()
    for now in (0.0, 0.1, 0.2):
        cool_down = cool_down.after_429(now, 10)
    assert cool_down.halvings == 1
    assert cool_down.after_429(11.0, 10).halvings == 2


@pytest.mark.parametrize(
    ("seconds", "left"), [(0, 3), (59, 3), (61, 2), (119, 2), (121, 1), (181, 0), (1e6, 0)]
)
def test_each_halving_ends_after_a_quiet_minute(seconds: float, left: int) -> None:
    """The same for all, so that a host that was slowed down more does not stay behind."""
    assert CoolDown(until=100.0, halvings=3).halvings_left(100.0 + seconds) == left


def test_the_pace_is_not_halved_for_ever() -> None:
    """Eight times at the most: 40 in 10 s become one in 80 s."""
    cool_down = CoolDown()
    for _ in range(20):
        cool_down = cool_down.after_429(cool_down.until, 10)
    assert cool_down.halvings == 8


def test_cool_downs_add_up() -> None:
    """A wait includes the rest of an earlier cool-down, and all later ones."""
    before = CoolDown().after_429(0.0, 10)
    assert before.closed_since(before, 4.0) == pytest.approx(6.05)
    assert before.closed_since(before, 11.0) == 0.0
    longer = before.after_429(5.0, 10)  # five more seconds
    another = longer.after_429(30.0, 10)
    assert another.closed_since(before, 4.0) == pytest.approx(11.05 + 10.05)


def test_who_was_idle_is_neither_behind_nor_ahead() -> None:
    """A place is behind those whose turn it is now, and behind the process's own."""
    assert rank(served=100, own=3) == 101
    assert rank(served=100, own=120) == 121
