"""The retry policy, as numbers."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.api.budget import Budget
from pulumi_comfycontrol.core.api.request import Request, Sending
from pulumi_comfycontrol.core.api.retry import Retry, backoff, may_retry, maybe_executed
from pulumi_comfycontrol.core.errors import (
    ApiError,
    BadAnswer,
    NoAnswer,
    QuotaClosed,
    RateLimited,
)
from pulumi_comfycontrol.core.progress import listening
from tests.fakes import FakeClock, Heard

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
        *(ApiError("", "", s, "", "") for s in (408, 500, 502, 503, 504, 520, 524, 530)),
    ],
    ids=str,
)
def test_what_may_be_repeated_is(method: str, error: Exception) -> None:
    """GET, PUT and DELETE are sent again after everything that may pass.

    Except that a GET verifies what a PUT with an unusable answer has done.
    """
    is_verified = method == "PUT" and isinstance(error, BadAnswer)
    assert may_retry(Request(method, "/"), error) is not is_verified


def test_a_post_is_repeated_only_when_it_was_certainly_not_executed() -> None:
    """After a lost answer or a 5xx a POST may have acted."""
    post = Request("POST", "/")
    assert may_retry(post, REFUSED)
    assert may_retry(post, LIMITED)
    assert not may_retry(post, LOST)
    assert not may_retry(post, BadAnswer(""))
    for status in (408, 500, 520, 524):
        assert not may_retry(post, ApiError("POST", "/", status, "", ""))
        assert maybe_executed(ApiError("POST", "/", status, "", ""))


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 501, 505])
def test_a_refusal_is_final(status: int) -> None:
    """A rejected request would be rejected again."""
    assert not may_retry(Request("GET", "/"), ApiError("GET", "/", status, "", ""))


class Script:
    """A link that fails as often as it has errors, and then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.patience: list[float | None] = []

    def send(self, sending: Sending) -> str:
        self.patience.append(sending.patience)
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def retry(script: Script, clock: FakeClock, timeout: float = 20.0) -> Retry:
    """Return the link before a script, with the longest waits."""
    return Retry(script, timeout, clock, lambda: 1.0)


def test_the_first_permit_may_take_any_time_and_later_ones_what_is_left() -> None:
    """Waiting in the line is no failure; cool-downs after one are."""
    script = Script(LOST, LOST)
    assert retry(script, FakeClock()).send(Sending(Request("GET", "/"))) == "done"
    assert script.patience == [None, 19.5, 18.5]


def test_a_closed_quota_is_told_as_what_failed_before() -> None:
    """The earlier failure is more useful than the lack of time for another attempt."""
    with pytest.raises(NoAnswer) as caught:
        retry(Script(LOST, QuotaClosed()), FakeClock()).send(Sending(Request("GET", "/")))
    assert caught.value is LOST


def test_what_was_spent_before_is_missing() -> None:
    """The budget belongs to the operation, not to the request."""
    spent = Budget()
    spent.spend(19.6)
    with pytest.raises(NoAnswer):
        retry(Script(LOST), FakeClock()).send(Sending(Request("GET", "/"), budget=spent))


def test_a_wait_names_its_end_first_and_is_cleared() -> None:
    """At 80 columns little more than the time of day is seen; a second later it is wrong."""
    heard = Heard()
    failures = [ApiError("GET", "/", 503, "", "")] * 2
    with listening(heard):
        retry(Script(*failures), FakeClock()).send(Sending(Request("GET", "/")))
    [status, cleared] = heard.texts
    assert status.startswith("status until ")
    assert status.endswith(": again after GET / answered 503 without a message")
    assert cleared == "clear"
