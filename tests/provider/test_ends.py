"""The end of a provider process, and the records that it leaves for the next one."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress

import grpc
import pytest

from pulumi_comfycontrol.core.journal.attempt import State
from pulumi_comfycontrol.core.journal.opened import local_journal
from pulumi_comfycontrol.core.storage.state_folder import state_folder
from pulumi_comfycontrol.emulator import Emulator

from .host import URN, Host

VALUES = {"endpoint": "http://x", "headers": {"A": "hidden-value"}}


def left(emulator: Emulator, resource: str) -> list[bool]:
    """For each attempt on record, whether the engine is believed to have saved its id."""
    journal = local_journal(state_folder() / "journal", emulator.url)
    return [
        attempt.state is State.DELIVERED
        for attempt in journal.attempts("runner", URN + resource, "00" * 32)
    ]


def test_a_peaceful_end_leaves_the_ids_to_the_engine(emulator: Emulator) -> None:
    """After SIGINT with all calls answered, no object is an orphan; one that failed is."""
    with Host(emulator) as host:
        host.create("one", name="One", **VALUES)
        emulator.fault("status", "PUT", status=403)
        with pytest.raises(grpc.RpcError):
            host.create("two", name="Two", status="disabled", **VALUES)
        host.process.send_signal(signal.SIGINT)
        host.process.wait(10)
    assert left(emulator, "one") == [True]
    assert left(emulator, "two") == [False]


def test_an_engine_that_leaves_calls_alone_may_have_saved_nothing(emulator: Emulator) -> None:
    """When one call is cut off, the next process also takes over the objects answered before."""
    with Host(emulator) as host:
        host.create("one", name="One", **VALUES)
        emulator.fault("delay_after", "POST", delay=1.0)
        call = threading.Thread(target=_create_in_vain, args=(host,))
        call.start()
        while [one.method for one in emulator.requests].count("POST") < 2:
            call.join(0.02)
        host._channel.close()
        host.process.send_signal(signal.SIGINT)
        host.process.wait(10)
        call.join()
    assert left(emulator, "one") == left(emulator, "two") == [False]
    there = {row["name"]: row["id"] for row in emulator.runners.all()}
    with Host(emulator) as host:
        assert host.create("two", name="Two", **VALUES)[0] == there["Two"]
        assert host.create("one", name="Changed", **VALUES)[0] == there["One"]
    assert {row["name"] for row in emulator.runners.all()} == {"Two", "Changed"}


def _create_in_vain(host: Host) -> None:
    with suppress(grpc.RpcError, ValueError):
        host.create("two", name="Two", **VALUES)


def test_no_lock_of_a_process_that_ended_in_peace_is_left(emulator: Emulator) -> None:
    """A process that the engine ends removes its lock file in the journal's folder."""
    folder = state_folder() / "journal" / "holders"
    with Host(emulator) as host:
        host.create("one", name="One", **VALUES)
        assert len(list(folder.iterdir())) == 1
        host.process.send_signal(signal.SIGINT)
        host.process.wait(10)
    assert list(folder.iterdir()) == []
