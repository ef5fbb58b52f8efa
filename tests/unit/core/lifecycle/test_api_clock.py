"""The API's clock, by the timestamps of its answers."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.lifecycle.api_clock import ApiClock


@pytest.mark.parametrize("offset", [-7200.0, -6.0, 0.0, 0.4, 3600.0])
@pytest.mark.parametrize("whole", [True, False], ids=["whole seconds", "fractions"])
@pytest.mark.parametrize("sent", [1000.0, 1000.9])
def test_an_object_of_a_request_is_in_its_window(offset: float, whole: bool, sent: float) -> None:
    """Wherever the API's clock stands, and whether it cuts seconds or not."""
    clock = ApiClock()
    created = sent - 100.0 + 0.2 + offset
    clock.learn(float(int(created)) if whole else created, sent - 100.0, sent - 99.6)
    for travels in (0.0, 0.3, 290.0):
        created = sent + travels + offset
        window = clock.window(sent, date_offset=50.0, by_this_run=True)
        assert window.begin <= (float(int(created)) if whole else created) <= window.end


def test_an_older_object_is_outside_once_the_clock_is_known() -> None:
    """The API's own timestamps leave two to three seconds of doubt, and none about the age."""
    clock = ApiClock()
    clock.learn(1000.0, 1000.2, 1000.4)
    window = clock.window(1100.0, None, by_this_run=True)
    assert window.earliest == window.begin > 1097.0
    assert window.latest == window.end


def test_the_date_header_alone_leaves_the_age_in_doubt() -> None:
    """It shows the clock of the edge, so that an object of the last hour is not dismissed."""
    window = ApiClock().window(10_000.0, 6.0, by_this_run=True)
    assert window.earliest < 10_000.0 - 3500 < window.begin
    assert window.end < 10_000.0 + 3500 < window.latest


def test_a_time_that_cannot_be_read_teaches_nothing() -> None:
    """Where the API's times mean nothing, only the header is left."""
    clock = ApiClock()
    clock.learn(None, 1000.0, 1001.0)
    now, new = (one.window(1000.0, None, by_this_run=True) for one in (clock, ApiClock()))
    assert now == new


def test_an_earlier_run_may_have_had_another_clock() -> None:
    """What this run has learned tells the API's clock, and not this machine's of then."""
    clock = ApiClock()
    clock.learn(1000.0, 1000.2, 1000.4)
    own, earlier = (clock.window(1100.0, None, by_this_run=own) for own in (True, False))
    assert (own.begin, own.end) == (earlier.begin, earlier.end)
    assert earlier.earliest < own.earliest - 3500
    assert earlier.latest > own.latest + 3200
