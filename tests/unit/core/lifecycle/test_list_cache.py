"""The list cache under a short quota, where a request may wait for a minute."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.lifecycle.list_cache import LIFETIME, ListCache
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.record import Record
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock


def slow_reader(emulator: Emulator, clock: FakeClock) -> Callable[[str], Record]:
    """A reader whose quota allows a request a minute."""
    quota = file_quota(None, limit=1, window=60.0, clock=clock)
    settings = Settings(Secret(emulator.token), url=emulator.url)
    client = client_for(settings, quota=quota, clock=clock)
    cache = ListCache(client, RUNNER, clock)
    return lambda id_: cache.read(id_, {}, lambda: client.get(RUNNER, id_))


def test_pages_do_not_grow_old_while_they_wait_for_the_quota(emulator: Emulator) -> None:
    """250 reads cost one GET, one more for what the first page lacks, and three pages."""
    rows = emulator.runners.seed_many(*[{"name": "GPU", "endpoint": "http://x"}] * 250)
    read = slow_reader(emulator, FakeClock(0.0))
    for row in rows:
        assert read(row["id"]).id == row["id"]
    assert len(emulator.requests) <= 6


def test_pages_grow_old_once_they_are_read(emulator: Emulator) -> None:
    """A change from outside is seen by reads that begin later."""
    rows = emulator.runners.seed_many(*[{"name": "GPU", "endpoint": "http://x"}] * 3)
    clock = FakeClock(0.0)
    read = slow_reader(emulator, clock)
    for row in rows:
        read(row["id"])
    emulator.runners.edit(rows[0]["id"], name="Changed")
    clock.now += LIFETIME + 1
    assert read(rows[0]["id"]).as_dict()["name"] == "Changed"
