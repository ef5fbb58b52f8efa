"""The common interface of a simulated computer and a real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from pulumi_comfycontrol.emulator import Emulator


class Computer:
    """A computer on which engines and hosts are processes, and an emulator with ``options``.

    ``monotonic`` and ``time`` are the emulator's clock.
    """

    #: Whether waiting costs nothing.
    has_time: ClassVar[bool]

    def __init__(
        self,
        folder: Path,
        monotonic: Callable[[], float],
        time: Callable[[], float],
        options: dict[str, Any],
    ) -> None:
        #: The present machine's folder, for the hosts that are started from now on.
        self.folder = folder
        #: Settings of these hosts, by their names in the stack config.
        self.config: dict[str, str] = {}
        self.on_kill: Callable[[], None] = lambda: None
        clock: Any = SimpleNamespace(monotonic=monotonic, time=time)
        self.emulator = Emulator(clock=clock, kill=lambda: self.on_kill(), **options)  # noqa: PLW0108 - set later
        #: Everything that a user was shown.
        self.messages: list[str] = []
        self._hosts: list[Any] = []

    def start(self) -> None:
        """Start what serves others."""
        self.emulator.start()

    def close(self) -> None:
        """End all processes."""
        for host in self._hosts:
            host.kill()
        self.settle()
        self.emulator.stop()

    def lose(self, folder: Path) -> None:
        """End the processes of the machine that has the folder."""
        for host in self._hosts:
            if host.folder == folder:
                host.kill()

    def settle(self) -> None:
        """Wait until hosts whose engine was killed have ended."""
        raise NotImplementedError
