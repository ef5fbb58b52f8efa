"""Machines that disappear in the middle of their work, with a store: no object twice."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import pytest

from pulumi_comfycontrol.emulator import Emulator

from .host import Host

RUNNERS = 20


def create_all(host: Host) -> list[str]:
    """Create 20 runners of which each two are equal, as an engine does; returns the ids."""

    def create(number: int) -> str:
        values = {"name": f"R{number // 2}", "endpoint": "http://x", "headers": {"A": "hidden"}}
        with suppress(grpc.RpcError, ValueError):
            return host.create(f"r{number}", **values)[0]
        return ""

    with ThreadPoolExecutor(RUNNERS) as threads:
        return list(threads.map(create, range(RUNNERS)))


@pytest.mark.parametrize(
    "posts", [pytest.param(1, marks=pytest.mark.soak), 9, pytest.param(16, marks=pytest.mark.soak)]
)
def test_a_machine_lost_while_it_creates_doubles_nothing(
    emulator: Emulator, store_url: str, tmp_path: Path, posts: int
) -> None:
    """Killed when so many POSTs had arrived; the next run is on a machine with an empty folder."""
    emulator.fault("delay_after", "POST", times=None, delay=0.3)
    lost = {"COMFYCONTROL_STORE": store_url, "COMFYCONTROL_STATE_DIR": str(tmp_path / "lost")}
    with Host(emulator, **lost) as host, ThreadPoolExecutor(1) as engine:
        creating = engine.submit(create_all, host)
        while len(_posts(emulator)) < posts:
            assert not creating.done()
            time.sleep(0.005)
        host.process.kill()
        creating.result()
    emulator.clear_faults()
    (tmp_path / "output").touch()
    new = {"COMFYCONTROL_STORE": store_url, "COMFYCONTROL_STATE_DIR": str(tmp_path / "new")}
    with (tmp_path / "output").open("w") as output, Host(emulator, stderr=output, **new) as host:
        ids = create_all(host)
    made = emulator.runners.all()
    assert sorted(ids) == sorted(row["id"] for row in made)
    assert Counter(row["name"] for row in made) == {f"R{number}": 2 for number in range(10)}
    password = urlsplit(store_url).password
    assert password
    assert password not in (tmp_path / "output").read_text()


def _posts(emulator: Emulator) -> list[str]:
    return [one.method for one in emulator.requests if one.method == "POST"]
