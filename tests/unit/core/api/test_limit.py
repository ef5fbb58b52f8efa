"""Waits for the quota and the time budget of an operation."""

from __future__ import annotations

import re

import pytest

from benchmarks.simulation.virtual import Time
from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.api.request import Request
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import RateLimited
from pulumi_comfycontrol.core.progress import listening
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock, Heard, make_client

USER = Request("GET", "/v1/user")


def test_a_place_in_the_own_line_takes_no_time_of_the_operation(emulator: Emulator) -> None:
    """Where a second try has to wait for other requests of this host, it waits."""
    clock = FakeClock()
    settings = Settings(Secret(emulator.token), url=emulator.url, operation_timeout=20.0)
    quota = file_quota(None, limit=1, window=100.0, clock=clock)
    emulator.fault("status", status=503, times=3)
    begin = clock.now
    client_for(settings, quota=quota, clock=clock).send(USER)
    assert clock.now > begin + 300


def test_what_was_refused_goes_before_what_came_later(emulator: Emulator) -> None:
    """The second request has waited for the first, and still does."""
    time = Time()
    settings = Settings(Secret(emulator.token), url=emulator.url)
    client = client_for(settings, quota=file_quota(None, limit=1, clock=time), clock=time)
    emulator.fault("status", status=429)
    time.start(lambda: client.send(USER))
    time.start(lambda: client.send(Request("GET", "/v1/runner")))
    time.run()
    paths = [request.path for request in emulator.requests]
    assert paths == ["/v1/user", "/v1/user", "/v1/runner"]


def test_a_short_time_of_429s_fails_nothing(emulator: Emulator) -> None:
    """A request that gets a few 429s waits, and keeps its place."""
    clock = FakeClock()
    emulator.fault("status", status=429, times=5)
    begin = clock.now
    make_client(emulator, clock).send(USER)
    assert 50 < clock.now - begin < 60


def test_429s_without_end_end_the_operation(emulator: Emulator) -> None:
    """Cool-downs do count: after 120 s of them the user hears of it."""
    clock = FakeClock()
    emulator.fault("status", status=429, times=None)
    begin = clock.now
    with pytest.raises(RateLimited, match="something else behind the same address"):
        make_client(emulator, clock).send(USER)
    assert 110 < clock.now - begin < 130


def test_a_wait_for_the_quota_is_shown_until_it_is_over(emulator: Emulator) -> None:
    """The line begins with the wait's end, and a finished row does not show it."""
    clock, heard = FakeClock(), Heard()
    settings = Settings(Secret(emulator.token), url=emulator.url)
    client = client_for(settings, quota=file_quota(None, limit=1, clock=clock), clock=clock)
    with listening(heard):
        client.send(USER)
        assert heard.texts == []
        client.send(USER)
    assert re.fullmatch(r"status until \d\d:\d\d:\d\d: API quota", heard.texts[0])
    assert heard.texts[-1] == "clear"


def test_an_interrupted_wait_is_no_longer_shown(emulator: Emulator) -> None:
    """The line of a wait disappears also when the wait is interrupted."""
    clock, heard = FakeClock(), Heard()
    settings = Settings(Secret(emulator.token), url=emulator.url)
    client = client_for(settings, quota=file_quota(None, limit=1, clock=clock), clock=clock)
    client.send(USER)

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    clock.sleep = interrupt  # type: ignore[method-assign]
    with listening(heard), pytest.raises(KeyboardInterrupt):
        client.send(USER)
    assert heard.texts[-1] == "clear"
