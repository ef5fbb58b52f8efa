"""The arithmetic of the benchmarks."""

from __future__ import annotations

import pytest

from benchmarks.measure import Arrival, Measured, Spread, most_in_window, quota_minimum


@pytest.mark.parametrize(
    ("requests", "seconds"), [(0, 0), (1, 0), (40, 0), (41, 10), (100, 20), (120, 20), (121, 30)]
)
def test_quota_minimum(requests: int, seconds: float) -> None:
    """Each 40 requests that go before the last one cost a window."""
    assert quota_minimum(requests) == seconds


def test_a_window_is_open_at_its_older_end() -> None:
    """Arrivals exactly one window apart are not in the same one."""
    assert most_in_window([0.0, 10.0], 10.0) == 1
    assert most_in_window([0.0, 9.9, 10.0], 10.0) == 2
    assert most_in_window([], 10.0) == 0


def test_refused_requests_count() -> None:
    """A 429 is a request as well, and is counted apart."""
    measured = Measured(1.0, [Arrival(3.0, "GET", 200), Arrival(4.5, "GET", 429)])
    assert (measured.requests, measured.refused, measured.span) == (2, 1, 1.5)


def test_a_spread_says_equal_values_once() -> None:
    """Minimum, median and maximum, or the only value."""
    assert Spread.of([3.0, 1.0, 2.0]).text() == "1.0 / 2.0 / 3.0"
    assert Spread.of([100, 100, 100]).text(0) == "100"
