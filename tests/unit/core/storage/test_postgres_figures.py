"""The figures that docs/store.md gives to operators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.journal.attempt_rows import SCHEMA
from pulumi_comfycontrol.core.quota.shared import shared_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage import postgres
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock
from tests.machines import URN, Machine
from tests.postgres import PostgresServer
from tests.proxy import Proxy

VALUES = {"name": "GPU", "endpoint": "http://x"}
_INSERT = """
INSERT INTO comfycontrol.create_attempt (number, api, kind, owner, fingerprint, token, holder,
 supervisor, state, started, object_id)
SELECT (random() * 4e18)::bigint, 'https://api.comfycontrol.example.com', 'runner', %s || number,
 encode(sha256(number::text::bytea), 'hex'), left(md5('token'), 16), md5('holder'),
 '127.0.0.1:45123', 'delivered', 1.8e9 + number, gen_random_uuid()::text
FROM generate_series(1, %s) AS number
"""


@pytest.fixture
def proxy(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Proxy, str]]:
    """A proxy that counts round trips, without those of idle connections, and the URL by it."""
    monkeypatch.setattr(postgres, "_CHECK", 1000.0)
    one = Proxy(postgres_server.port)
    yield one, postgres_server.database().replace(str(postgres_server.port), str(one.port))
    one.close()


def test_round_trips_of_a_request(emulator: Emulator, proxy: tuple[Proxy, str]) -> None:
    """About 15 for a request, and as many again for what a create records."""
    network, url = proxy
    one = Machine(emulator, url, quota=(1000, 10.0))
    id_ = one.create("gpu", VALUES)
    trips: dict[str, float] = {}
    before = network.trips
    for _ in range(10):
        assert one.lifecycle.read(id_, {}, owner=URN.format("dev", "gpu"))
        one.lifecycle._list_cache.clear()  # so that each is a GET
    trips["request"] = (network.trips - before) / 10
    before = network.trips
    for number in range(10):
        one.create(f"r{number}", {**VALUES, "name": f"R{number}"})
    trips["create"] = (network.trips - before) / 10
    assert len(emulator.requests) == 1 + 1 + 10 + 10
    one.end()
    assert 14 <= trips["request"] <= 16, trips
    assert 29 <= trips["create"] <= 33, trips


def test_round_trips_of_a_wait(
    proxy: tuple[Proxy, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """About 5 for each look at the line, some seconds apart."""
    monkeypatch.setenv("COMFYCONTROL_STATE_DIR", str(tmp_path))
    network, url = proxy
    clock = FakeClock()
    with closing(PostgresDatabase(Secret(url), now=clock.monotonic)) as store:
        quota = shared_quota(store, Settings(Secret("cfc_x"), url="https://x.example.com"), clock)
        permit = quota.acquire()
        permit.release()
        permit.reject(600)
        before = network.trips
        quota.acquire()
        trips = network.trips - before
    looks = len(clock.sleeps)
    assert looks >= 10
    assert sum(clock.sleeps) / looks > 1
    assert 4 <= trips / (looks + 1) <= 6


def test_size_of_a_create(postgres_server: PostgresServer, store_url: str) -> None:
    """About 0.8 kB, so that 100,000 a day are 2.5 GB after 30 days and 4 MB after an hour."""
    with closing(PostgresDatabase(Secret(store_url))) as store:
        store.add(SCHEMA)
        store.transact(lambda rows: rows.execute("SELECT 1"))
    with closing(postgres_server.connect(urlsplit(store_url).path[1:])) as connection:
        connection.execute(_INSERT, (URN.format("production", "render-farm-"), 20_000))
        query = "SELECT pg_total_relation_size('comfycontrol.create_attempt')"
        [(size,)] = connection.execute(query).fetchall()
    row = size / 20_000
    assert 0.7e3 <= row <= 0.95e3, row
    assert 2.1e9 <= 100_000 * 30 * row <= 2.9e9
    assert 2.9e6 <= 100_000 / 24 * row <= 4.4e6


def test_a_machine_without_power_keeps_its_locks_for_20_s(
    postgres_server: PostgresServer, store_url: str
) -> None:
    """The server looks for a silent connection after 5 s, and gives it up after 3 more looks."""
    with closing(PostgresDatabase(Secret(store_url))) as store:
        idle, interval, count = (
            int(store.transact(lambda rows, name=name: rows.execute(f"SHOW {name}"))[0][0])  # type: ignore[misc]
            for name in (
                "tcp_keepalives_idle",
                "tcp_keepalives_interval",
                "tcp_keepalives_count",
            )
        )
    assert idle + interval * count == 20
