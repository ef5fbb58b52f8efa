"""The server's clock, by the header ``Date`` of its answers."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.api.request import Reply, Request, Sending
from pulumi_comfycontrol.core.api.server_clock import ServerClock
from tests.fakes import FakeClock


class Answers:
    """The innermost link, whose replies have the given headers."""

    def __init__(self, **headers: str) -> None:
        self.headers = headers

    def send(self, sending: Sending) -> Reply:
        return Reply(200, self.headers, b"")


@pytest.mark.parametrize(
    ("date", "offset"),
    [
        ("Thu, 01 Jan 1970 00:01:40 GMT", -20.0),
        ("Thu, 01 Jan 1970 00:02:05 GMT", 5.0),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_offset_is_theirs_minus_ours(date: str, offset: float | None) -> None:
    """In seconds; None before the first answer with a date."""
    clock = ServerClock(Answers(Date=date), FakeClock(120.0))
    clock.send(Sending(Request("GET", "/")))
    assert clock.offset == offset


def test_an_answer_without_a_date_changes_nothing() -> None:
    """The offset learned before stays."""
    answers = Answers(Date="Thu, 01 Jan 1970 00:01:40 GMT")
    clock = ServerClock(answers, FakeClock(120.0))
    clock.send(Sending(Request("GET", "/")))
    answers.headers = {}
    clock.send(Sending(Request("GET", "/")))
    assert clock.offset == -20
