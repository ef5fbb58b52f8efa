"""Pages where the quota is short: an answer may take a minute to get its turn."""

from __future__ import annotations

from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.lifecycle.list_cache import LIFETIME, Snapshot
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock


def slow_reader(emulator: Emulator, clock: FakeClock) -> Snapshot:
    """One that may send a request a minute."""
    quota = file_quota(None, limit=1, window=60.0, clock=clock)
    settings = Settings(Secret(emulator.token), url=emulator.url)
    return Snapshot(client_for(settings, quota=quota, clock=clock), RUNNER, clock)


def test_pages_do_not_grow_old_while_they_wait_for_the_quota(emulator: Emulator) -> None:
    """250 reads cost one GET, one more for what the first page lacks, and three pages."""
    rows = emulator.runners.seed_many(*[{"name": "GPU", "endpoint": "http://x"}] * 250)
    reader = slow_reader(emulator, FakeClock(0.0))
    for row in rows:
        assert reader.read(row["id"], {}).id == row["id"]
    assert len(emulator.requests) <= 6


def test_pages_grow_old_once_they_are_read(emulator: Emulator) -> None:
    """A change from outside is seen by reads that begin later."""
    rows = emulator.runners.seed_many(*[{"name": "GPU", "endpoint": "http://x"}] * 3)
    clock = FakeClock(0.0)
    reader = slow_reader(emulator, clock)
    for row in rows:
        reader.read(row["id"], {})
    emulator.runners.edit(rows[0]["id"], name="Changed")
    clock.now += LIFETIME + 1
    assert reader.read(rows[0]["id"], {}).as_dict()["name"] == "Changed"
