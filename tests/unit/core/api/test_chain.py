"""The chain that each request passes, on a clock that only sleeps move."""

from __future__ import annotations

import contextlib

import pytest

from pulumi_comfycontrol.core.api.budget import one_operation
from pulumi_comfycontrol.core.api.request import Request
from pulumi_comfycontrol.core.errors import ApiError, NoAnswer, RateLimited, ResourceError
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import WallClock, make_client

USER = Request("GET", "/v1/user")


def test_the_last_attempt_starts_within_the_operations_time(emulator: Emulator) -> None:
    """A lasting failure is reported after at most `operation_timeout` seconds of waiting."""
    clock = WallClock()
    emulator.fault("status", times=None, status=503)
    with pytest.raises(ApiError, match="answered 503"):
        make_client(emulator, clock, operation_timeout=20.0).send(USER)
    # 0.5 + 1 + 2 + 4 + 8; another 10 s would end too late.
    assert clock.sleeps == [0.5, 1, 2, 4, 8]


def test_retry_after_is_honoured(emulator: Emulator) -> None:
    """The wait is the one that the answer asks for, if that is longer than the backoff."""
    clock = WallClock()
    emulator.fault("status", status=503, retry_after="7")
    make_client(emulator, clock).send(USER)
    assert clock.sleeps == [7]


def test_a_cool_down_beyond_the_deadline_is_told_as_the_429(emulator: Emulator) -> None:
    """The earlier failure is more useful than the lack of time for another attempt."""
    emulator.fault("status", status=429, message="Too many requests")
    with pytest.raises(RateLimited, match="answered 429"):
        make_client(emulator, operation_timeout=5.0).send(USER)


def test_a_failed_lookup_of_the_host_is_tried_again(emulator: Emulator) -> None:
    """Nothing was sent, so that even a POST may be repeated; the message names the address."""
    clock = WallClock()
    client = make_client(emulator, clock, "https://comfycontrol.invalid", operation_timeout=1.0)
    with pytest.raises(NoAnswer, match=r"https://comfycontrol\.invalid can be reached") as caught:
        client.send(Request("POST", "/v1/runner", body={"json": {}}))
    assert caught.value.executed is False
    assert clock.sleeps == [0.5]


def test_a_server_of_this_machine_that_is_not_there_is_told_within_seconds(
    emulator: Emulator,
) -> None:
    """It may be starting, but two minutes would be too long."""
    clock = WallClock()
    with pytest.raises(NoAnswer, match=r"nothing listens at http://127\.0\.0\.1:9") as caught:
        make_client(emulator, clock, "http://127.0.0.1:9").send(USER)
    assert "start it, or correct the API URL" in caught.value.advice
    assert sum(clock.sleeps) <= 3


def test_a_server_of_this_machine_that_was_there_is_waited_for(emulator: Emulator) -> None:
    """It may be restarting, for longer than a server that starts is given."""
    clock = WallClock()
    client = make_client(emulator, clock)
    client.send(USER)
    emulator.stop()
    with pytest.raises(NoAnswer, match="nothing listens at"):
        client.send(USER)
    assert sum(clock.sleeps) > 60


def test_all_requests_of_an_operation_share_its_time(emulator: Emulator) -> None:
    """Time that the first request spends on failures is not available to the second."""
    clock = WallClock()
    client = make_client(emulator, clock, operation_timeout=20.0)
    emulator.fault("status", times=5, status=503)
    with one_operation():
        client.send(USER)
        assert sum(clock.sleeps) == 15.5
        emulator.fault("status", times=None, status=503)
        with pytest.raises(ApiError):
            client.send(USER)
    assert sum(clock.sleeps) == 15.5 + 0.5 + 1 + 2


def test_waiting_for_the_quota_is_no_failure(emulator: Emulator) -> None:
    """A long queue before the first attempt costs an operation nothing of its time."""
    clock = WallClock()
    client = make_client(emulator, clock, operation_timeout=5.0)
    emulator.settings.change({"rate_limit": False})
    with one_operation():
        for _ in range(100):
            client.send(USER)
    assert sum(clock.sleeps) > 20


def test_what_stops_a_request_right_before_it_leaves_frees_its_slot(emulator: Emulator) -> None:
    """Otherwise the quota would wait for an answer that can't come."""
    clock = WallClock()
    client = make_client(emulator, clock)

    def stop() -> None:
        raise ResourceError("stopped", "go on")

    emulator.settings.change({"rate_limit": False})
    for _ in range(40):
        with contextlib.suppress(ResourceError):
            client.send(USER, stop)
    before = clock.now
    client.send(USER)
    assert clock.now - before < 11
    assert len(emulator.requests) == 1
