"""The retry policy, as numbers."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.api.http import Request
from pulumi_comfycontrol.core.api.retry import backoff, may_retry, maybe_executed
from pulumi_comfycontrol.core.errors import ApiError, BadAnswer, NoAnswer, RateLimited

LOST = NoAnswer("", "", executed=None)
REFUSED = NoAnswer("", "", executed=False)
LIMITED = RateLimited("GET", "/", "", 10)


def test_backoff_doubles_up_to_ten_seconds() -> None:
    """The longest waits are 0.5, 1, 2, 4, 8, 10, 10, … s, the shortest half of that."""
    assert [backoff(n, 1.0) for n in range(1, 8)] == [0.5, 1, 2, 4, 8, 10, 10]
    assert [backoff(n, 0.0) for n in range(1, 8)] == [0.25, 0.5, 1, 2, 4, 5, 5]
    assert backoff(10_000, 1.0) == 10


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "error",
    [
        LOST,
        REFUSED,
        LIMITED,
        BadAnswer(""),
        *(ApiError("", "", s, "") for s in (408, 500, 502, 503, 504, 520, 524, 530)),
    ],
    ids=str,
)
def test_what_may_be_repeated_is(method: str, error: Exception) -> None:
    """GET, PUT and DELETE are sent again after everything that may pass."""
    assert may_retry(Request(method, "/"), error)


def test_a_post_is_repeated_only_when_it_was_certainly_not_executed() -> None:
    """After a lost answer or a 5xx a POST may have acted."""
    post = Request("POST", "/")
    assert may_retry(post, REFUSED)
    assert may_retry(post, LIMITED)
    assert not may_retry(post, LOST)
    assert not may_retry(post, BadAnswer(""))
    for status in (408, 500, 520, 524):
        assert not may_retry(post, ApiError("POST", "/", status, ""))
        assert maybe_executed(ApiError("POST", "/", status, ""))


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 501, 505])
def test_a_refusal_is_final(status: int) -> None:
    """What the API refuses once it will refuse again."""
    assert not may_retry(Request("GET", "/"), ApiError("GET", "/", status, ""))
