"""All parts of one emulator."""

from __future__ import annotations

from pathlib import Path

from .clock import Clock
from .faults import Faults
from .limit import RateLimit
from .recorder import Recorder
from .runners import Runners
from .settings import Settings
from .store import Store


class State:
    """What the routes work on."""

    def __init__(self, path: Path | None, tokens: tuple[str, ...]) -> None:
        self.settings = Settings()
        self.clock = Clock()
        self.store = Store(path)
        self.limit = RateLimit(self.settings, self.clock)
        self.faults = Faults()
        self.recorder = Recorder()
        self.runners = Runners(self.store, self.settings, self.clock)
        for token in tokens:
            self.store.add_token(token)
        #: The account that the control API means unless told otherwise.
        self.account = self.store.add_token(tokens[0])
