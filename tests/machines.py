"""Machines that share a store: each with an account's client, a journal and a line of its own."""

from __future__ import annotations

from typing import Any

from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.clock import Clock
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.journal.journal import Caller
from pulumi_comfycontrol.core.journal.opened import shared_journal
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.quota.shared import shared_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator

from .fakes import WallClock

URN = "urn:pulumi:{}::test::pulumi-python:dynamic/comfycontrol:Runner::{}"


class Machine:
    """A machine whose provider process uses the store at ``url``, and has no state folder.

    Its waits take no time, but those for the store.
    """

    def __init__(
        self, emulator: Emulator, url: str, clock: Clock | None = None, **settings: Any
    ) -> None:
        self.clock = clock or WallClock()
        self.store = PostgresDatabase(Secret(url))
        self.settings = Settings(
            Secret(emulator.token), "test", emulator.url, store=Secret(url), **settings
        )
        self.quota = shared_quota(self.store, self.settings, self.clock)
        client = client_for(self.settings, quota=self.quota, clock=self.clock, jitter=lambda: 1.0)
        self.journal = shared_journal(
            self.store, emulator.url, Caller(), token=emulator.token, clock=self.clock
        )
        self.lifecycle = Lifecycle(client, RUNNER, self.journal, self.clock)

    def create(self, resource: str, values: dict[str, Any], stack: str = "dev") -> str:
        """Create, let the engine have the id, and return it."""
        owner = URN.format(stack, resource)
        id_ = self.lifecycle.create(values, owner).record.id
        self.journal.delivered(owner)
        return id_

    def end(self) -> None:
        """End regularly."""
        self.journal.close()
        self.store.close()

    def die(self) -> None:
        """Be killed: the server sees the end of the connection."""
        self.store.close()
