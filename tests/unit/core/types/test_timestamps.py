"""Times in answers, whatever stands in their place."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_comfycontrol.core.types.timestamps import http_date, seconds


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("1970-01-01T00:00:05Z", 5.0),
        ("1970-01-01T00:00:05.5", 5.5),
        (1_700_000_000, 1.7e9),
        ("1700000000000", 1.7e9),
        ("soon", None),
        ([], None),
        ("nan", None),
        (float("inf"), None),
        (10**400, None),
    ],
)
def test_a_time_is_finite_or_none(value: Any, time: float | None) -> None:
    """JSON as Python reads it has integers of any size, and NaN."""
    assert seconds(value) == time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Thu, 01 Jan 1970 00:00:30 GMT", 30.0),
        ("yesterday", None),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 +99999999999999999999", None),
    ],
)
def test_a_date_that_no_calendar_has_is_none(text: str, time: float | None) -> None:
    """No header of a server may end a request that it has answered."""
    assert http_date(text) == time
