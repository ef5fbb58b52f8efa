"""The line of machines that share a store, and each one's own while the store is unreachable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.clock import Clock
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.progress import listening
from pulumi_comfycontrol.core.quota.shared import SharedQuota, shared_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage import postgres
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.fakes import FakeClock, Heard
from tests.postgres import PostgresServer

Make = Callable[..., SharedQuota]


@pytest.fixture
def machine(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Return what makes a machine's quota, with a state folder of its own."""
    stores: list[PostgresDatabase] = []

    def make(clock: Clock, address: str = "", url: str = "https://api.example.com") -> SharedQuota:
        monkeypatch.setenv("COMFYCONTROL_STATE_DIR", str(tmp_path / str(len(stores))))
        stores.append(PostgresDatabase(Secret(store_url), now=clock.monotonic))
        settings = Settings(Secret("cfc_x"), url=url, address=address)
        return shared_quota(stores[-1], settings, clock)

    yield make
    for store in stores:
        store.close()


def send(quota: SharedQuota, count: int) -> None:
    """Send some requests that are answered at once."""
    for _ in range(count):
        quota.acquire().release()


def test_machines_behind_one_address_share_a_line(machine: Make) -> None:
    """However each of them writes the API's URL; 40 of all together leave at once."""
    clock = FakeClock()
    one, other = machine(clock), machine(clock, url="https://API.example.com:443")
    send(one, 20)
    send(other, 20)
    assert clock.sleeps == []
    send(other, 1)
    assert 10 < sum(clock.sleeps) < 10.3


def test_machines_behind_different_addresses_do_not(machine: Make) -> None:
    """Nor do those that use different APIs."""
    clock = FakeClock()
    send(machine(clock), 40)
    send(machine(clock, address="office"), 40)
    send(machine(clock, url="https://other.example.com"), 40)
    assert clock.sleeps == []


def test_a_429_stops_all_machines(machine: Make) -> None:
    """A stranger uses up the quota behind the address that they share."""
    clock = FakeClock()
    one, other = machine(clock), machine(clock)
    permit = one.acquire()
    permit.release()
    permit.reject(10)
    send(other, 1)
    assert 10 < sum(clock.sleeps) < 10.3


def test_a_machine_that_dies_while_it_sends_holds_nobody_up_for_long(machine: Make) -> None:
    """A dead machine's slots are free after 15 s and one window."""
    clock = FakeClock()
    dead, other = machine(clock), machine(clock)
    for _ in range(40):
        dead.acquire()
    clock.now += 24  # before that, it would only ask again and again
    send(other, 1)
    assert 1 < sum(clock.sleeps) < 2.5


def test_a_machine_that_dies_while_it_waits_loses_its_place(machine: Make) -> None:
    """The next machine has the slot after the window, and not the one after that."""
    clock = FakeClock()
    dead, other = machine(clock), machine(clock)
    send(other, 40)
    for _ in range(40):
        dead._shared._look(None)  # asks for a permit, and never comes back
    send(other, 1)
    assert 10 < sum(clock.sleeps) < 16


def test_a_machine_without_its_store_takes_a_share(
    machine: Make, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth, after a window in which its earlier requests are over; one warning says so."""
    clock, heard = FakeClock(), Heard()
    one = machine(clock)
    send(one, 40)
    monkeypatch.setattr(postgres, "PATIENCE", 0.3)
    postgres_server.stop()
    try:
        with listening(heard):
            send(one, 4)
            assert 10 < sum(clock.sleeps) < 10.3
            send(one, 4)
            assert 20 < sum(clock.sleeps) < 20.6
    finally:
        postgres_server.start()
    [warning] = [text for text in heard.texts if text.startswith("warning")]
    assert "so this machine does not know of other machines' requests" in warning
    assert "check that its server runs" in warning


def test_a_store_that_is_back_is_used_again(
    machine: Make, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a window, because no other machine knows of the requests that were sent alone."""
    clock, heard = FakeClock(), Heard()
    one, other = machine(clock), machine(clock)
    send(one, 1)
    send(other, 1)
    monkeypatch.setattr(postgres, "PATIENCE", 0.3)
    postgres_server.stop()
    with listening(heard):
        send(one, 1)
        postgres_server.start()
        _wait_for_connection(one)
        _wait_for_connection(other)
        clock.now += 5  # until when the store is not asked
        alone = clock.now - 5
        send(one, 40)
    assert 10 < clock.now - alone < 10.3
    assert "info The shared store can be used again." in heard.texts
    before = clock.now
    send(other, 1)
    assert 10 < clock.now - before < 10.3


def _wait_for_connection(quota: SharedQuota) -> None:
    import time

    until = time.monotonic() + 20
    while not quota._is_connected():
        assert time.monotonic() < until
        time.sleep(0.02)
