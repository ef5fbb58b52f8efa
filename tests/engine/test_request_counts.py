"""The number of requests of the engine's operations, counted at the server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.account import measure_account
from benchmarks.fleet import NAIVE, OURS, Fleet, FleetOptions
from benchmarks.life import live
from benchmarks.measure import FREE, Conditions, Measured
from benchmarks.server import Server

SIZE = 100
#: Without a limit.
UNLIMITED = Conditions(window=None, latency=0.1)
#: The documented limit, but of a window that passes quickly.
SHORT = Conditions(window=2.0, latency=0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server in a process of its own, and no settings of the user's."""
    with pytest.MonkeyPatch.context() as patch, Server() as one:
        for name in list(os.environ):
            if name.startswith(("COMFYCONTROL_", "PULUMI_")):
                patch.delenv(name)
        yield one


@pytest.fixture(scope="module")
def life(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    """The life of one stack of 100 runners, without a limit."""
    server.clear()
    home = tmp_path_factory.mktemp("life")
    return live(server, Fleet(FleetOptions(OURS, SIZE, server.url, home)), UNLIMITED)


def test_up_sends_one_post_for_each_runner(life: dict[str, Measured]) -> None:
    """The answer is the state; one list page is read where the state folder is new."""
    assert life["up"].count("POST") == SIZE == life["up"].requests - 1


@pytest.mark.parametrize("step", ["unchanged", "preview"])
def test_what_finds_nothing_to_do_sends_nothing(life: dict[str, Measured], step: str) -> None:
    """Neither `up` without a change nor `preview` asks the API."""
    assert life[step].requests == 0


def test_refresh_reads_pages(life: dict[str, Measured]) -> None:
    """100 reads cost at most 4 requests."""
    assert 1 <= life["refresh"].count("GET") == life["refresh"].requests <= 4


def test_refresh_and_repair_of_one(life: dict[str, Measured]) -> None:
    """`up --refresh` with one of 100 drifted costs at most 6 requests, one of them the PUT."""
    assert life["drift"].count("PUT") == 1
    assert life["drift"].requests <= 6


def test_destroy_verifies_the_first_deletion(life: dict[str, Measured]) -> None:
    """100 deletions cost at most 2 requests to make sure that they happened."""
    assert life["destroy"].count("DELETE") == SIZE
    assert SIZE < life["destroy"].requests <= SIZE + 2


def test_one_runner_in_a_huge_account_costs_one_request(server: Server) -> None:
    """`refresh` of one runner does not read the pages of an account of 1,000."""
    assert measure_account(server, OURS, 1_000, UNLIMITED).requests == 1


@pytest.mark.soak
def test_the_limit_is_kept(server: Server, tmp_path: Path) -> None:
    """Work that needs more than a window's requests gets no 429."""
    server.clear()
    fleet = Fleet(FleetOptions(OURS, 45, server.url, tmp_path))
    for measured in live(server, fleet, SHORT, ("up", "destroy")).values():
        assert measured.refused == 0
        assert measured.most(2.0) <= 40


@pytest.mark.soak
def test_the_naive_provider_sends_one_request_for_each_call(server: Server, tmp_path: Path) -> None:
    """The benchmark's reference is correct, and spares no request but those that do nothing."""
    server.clear()
    fleet = Fleet(FleetOptions(NAIVE, 3, server.url, tmp_path))
    steps = ("up", "refresh", "drift")
    found = {name: one.requests for name, one in live(server, fleet, FREE, steps).items()}
    assert found == {"up": 3, "refresh": 3, "drift": 4}
