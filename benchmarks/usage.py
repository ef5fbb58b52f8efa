"""The processor time and the peak memory of provider processes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

#: Seconds between two looks; what a process takes after the last look before its end is missed.
_INTERVAL = 0.05
#: Seconds after which a process that is no provider will not become one.
_STARTING = 3.0
_HOSTS = {b"pulumi.dynamic", b"pulumi_comfycontrol.plugin"}
_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """``cpu`` is seconds of all threads, ``memory`` is bytes."""

    cpu: float
    memory: int


class Watch:
    """The provider processes whose environment contains a marker, by their ids."""

    def __init__(self, marker: str) -> None:
        self._marker = marker.encode()
        self._found: dict[int, Usage] = {}
        self._others: dict[int, float] = {}

    @property
    def usage(self) -> Usage:
        """The sum of their times, and the largest memory; raises LookupError for none."""
        if not self._found:
            msg = f"there was no provider process of {self._marker.decode()}"
            raise LookupError(msg)
        cpu = sum(one.cpu for one in self._found.values())
        return Usage(cpu, max(one.memory for one in self._found.values()))

    def look(self) -> None:
        """Read the counters of all of them."""
        now = time.monotonic()
        for process in Path("/proc").glob("[0-9]*"):
            pid = int(process.name)
            if now - self._others.get(pid, now) < _STARTING:
                with suppress(OSError, LookupError):  # it has just ended, or is not ours to see
                    self._look_at(process, pid, now)

    def _look_at(self, process: Path, pid: int, now: float) -> None:
        if pid in self._found or self._is_host(process):
            self._found[pid] = Usage(_cpu(process), _memory(process))
        else:
            self._others.setdefault(pid, now)

    def _is_host(self, process: Path) -> bool:
        return (
            not _HOSTS.isdisjoint((process / "cmdline").read_bytes().split(b"\0"))
            and self._marker in (process / "environ").read_bytes()
        )


@contextmanager
def watching(marker: str) -> Iterator[Watch]:
    """Watch in a thread while the block runs."""
    watch, done = Watch(marker), threading.Event()

    def look() -> None:
        while not done.wait(_INTERVAL):
            watch.look()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield watch
    finally:
        done.set()
        watcher.join()


def _cpu(process: Path) -> float:
    # The name in parentheses may have spaces; user and system time are fields 14 and 15.
    fields = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICKS


def _memory(process: Path) -> int:
    for line in (process / "status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    raise LookupError(process)
