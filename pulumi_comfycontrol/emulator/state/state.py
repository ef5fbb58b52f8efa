"""The state of one emulator: all its parts but HTTP."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .accounts import Accounts
from .clock import Clock
from .collection import Collection
from .database import Database
from .faults import Fault, Faults
from .kinds import KINDS
from .limit import RateLimit
from .recorder import Recorder
from .settings import Settings

#: The parts that can be reset, in the necessary order.
RESETS = ("settings", "clock", "tokens", *KINDS, "requests", "limit", "faults")


class State:
    """The state that all routes of one emulator work on.

    ``settings`` are those that :meth:`reset` goes back to; ``kill`` is what the faults of that
    kind call, None where there is no process of its own to end.
    """

    def __init__(
        self,
        path: Path | None,
        tokens: tuple[str, ...],
        settings: dict[str, Any],
        clock: Clock,
        kill: Callable[[], None] | None = None,
    ) -> None:
        self._stopping = threading.Event()
        self._kill = kill
        self.settings = Settings()
        self.settings.change(settings)
        self._first_settings = self.settings.as_json()
        self.clock = clock
        self.limit = RateLimit(self.settings)
        self.faults = Faults()
        self.recorder = Recorder()
        self._due: list[tuple[float, Callable[[], Any]]] = []
        self._database = Database(path)
        parts = (self._database, self.settings, clock)
        self.accounts = Accounts(self._database, tokens)
        #: Collections, by their names in the control API.
        self.collections: dict[str, Collection] = {
            name: kind(*parts) for name, kind in KINDS.items()
        }
        for one in self.collections.values():
            one.prepare()
        self._resets: dict[str, Callable[[], None]] = {
            "settings": lambda: self.settings.change(self._first_settings),
            "clock": clock.reset,
            "tokens": self.accounts.reset,
            **{name: one.reset for name, one in self.collections.items()},
            "requests": self.recorder.clear,
            "limit": self.limit.reset,
            "faults": self._clear_faults,
        }

    def reset(self, *what: str) -> None:
        """Go back to the start with some parts, or with all; raises KeyError."""
        for reset in [self._resets[name] for name in what or RESETS]:
            reset()

    def order(self, fault: Fault) -> Fault:
        """Add a pending fault; raises ValueError for a kill where no process can be killed."""
        if fault.kind.startswith("kill") and not self._kill:
            msg = "an emulator in a test's own process needs the argument kill for this fault"
            raise ValueError(msg)
        return self.faults.add(fault)

    def _clear_faults(self) -> None:
        self.faults.clear()
        self._due.clear()

    def kill(self) -> None:
        """End the emulator as by a power cut."""
        if self._kill:
            self._kill()

    def call_later(self, delay: float, function: Callable[[], Any]) -> None:
        """Schedule ``function`` for the first :meth:`call_due` after ``delay`` s of the clock."""
        self._due.append((self.clock.monotonic() + delay, function))

    def call_due(self) -> None:
        """Call the functions that are due."""
        now = self.clock.monotonic()
        for entry in [entry for entry in self._due if entry[0] <= now]:
            with contextlib.suppress(ValueError):  # another thread has taken it
                self._due.remove(entry)
                entry[1]()

    def sleep(self, seconds: float) -> None:
        """Wait for some real seconds, or until the emulator stops."""
        if seconds > 0:
            self._stopping.wait(seconds)

    def stop_waiting(self) -> None:
        """End all sleeps, now and later."""
        self._stopping.set()

    def close(self) -> None:
        """Close the database; values in memory stay readable."""
        self._database.close()
