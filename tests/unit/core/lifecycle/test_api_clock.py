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
        window = clock.window(sent, date_offset=50.0)
        assert window.begin <= (float(int(created)) if whole else created) <= window.end


def test_an_older_object_is_outside_once_the_clock_is_known() -> None:
    """The API's own timestamps leave two to three seconds of doubt, and none about the age."""
    clock = ApiClock()
    clock.learn(1000.0, 1000.2, 1000.4)
    window = clock.window(1100.0, None)
    assert window.doubt == window.begin > 1097.0


def test_the_date_header_alone_leaves_the_age_in_doubt() -> None:
    """It shows the clock of the edge, so that an object of the last hour is not dismissed."""
    window = ApiClock().window(10_000.0, 6.0)
    assert window.doubt < 10_000.0 - 3500 < window.begin


def test_a_time_that_cannot_be_read_teaches_nothing() -> None:
    """Where the API's times mean nothing, only the header is left."""
    clock = ApiClock()
    clock.learn(None, 1000.0, 1001.0)
    assert clock.window(1000.0, None) == ApiClock().window(1000.0, None)
