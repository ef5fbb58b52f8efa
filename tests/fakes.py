"""A clock that advances only by sleeps, and clients that use it."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.journal.opened import local_journal
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.kind import Kind
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator


class FakeClock:
    """A clock whose ``sleep`` returns at once; ``sleeps`` are the seconds that were asked for."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds


class WallClock(FakeClock):
    """Starts at the real time, for what is compared with the emulator's timestamps."""

    def __init__(self) -> None:
        import time

        super().__init__(time.time())


class Heard:
    """A listener that keeps all texts, each with its kind."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def status(self, text: str) -> None:
        self.texts.append(f"status {text}")

    def clear(self) -> None:
        self.texts.append("clear")

    def info(self, text: str) -> None:
        self.texts.append(f"info {text}")

    def warning(self, text: str) -> None:
        self.texts.append(f"warning {text}")


def has_advice(message: str) -> bool:
    """Whether a message ends with a next step: a clause behind the fault."""
    return re.search(r"; [a-zA-Z][^;]{7,}\.$", message) is not None


def make_client(
    emulator: Emulator,
    clock: FakeClock | None = None,
    url: str | None = None,
    token: str | None = None,
    **settings: Any,
) -> Client:
    """Return a client whose waits take no time, to an emulator or another address."""
    clock = clock or WallClock()
    chosen = Settings(Secret(token or emulator.token), "test", url or emulator.url, **settings)
    return client_for(chosen, quota=file_quota(None, clock=clock), clock=clock, jitter=lambda: 1.0)


def make_lifecycle(
    emulator: Emulator,
    folder: Path,
    kind: Kind = RUNNER,
    clock: FakeClock | None = None,
    token: str | None = None,
    **settings: Any,
) -> Lifecycle:
    """Return a lifecycle as in a fresh provider process that keeps its journal in ``folder``."""
    clock = clock or WallClock()
    client = make_client(emulator, clock, token=token, **settings)
    journal = local_journal(folder, emulator.url, token=token or emulator.token)
    return Lifecycle(client, kind, journal, clock)
