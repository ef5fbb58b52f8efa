"""The peak memory of the provider process."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .fleet import Fleet, FleetOptions
from .measure import FREE
from .server import Server

#: Seconds between two looks; the kernel keeps the peak, so only what a process takes after the
#: last look before its end is missed.
_INTERVAL = 0.1
_HOSTS = {b"pulumi.dynamic", b"pulumi_comfycontrol.plugin"}


def peak_memory(server: Server, provider: str, size: int) -> int:
    """Return the bytes of the largest provider process of `up`, `refresh` and `destroy`."""
    server.clear()
    server.behave(FREE)
    with tempfile.TemporaryDirectory() as folder:
        # Most of the time would go by with writing a large state again and again.
        options = FleetOptions(provider, size, server.url, Path(folder), checkpoints=False)
        fleet = Fleet(options)
        fleet.prepare(FREE)
        with _watching(folder) as peaks:
            fleet.up()
            fleet.refresh()
            fleet.destroy()
    return max(peaks.values())


@contextmanager
def _watching(marker: str) -> Iterator[dict[int, int]]:
    """Collect the peak of each provider process whose environment contains ``marker``."""
    peaks: dict[int, int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_INTERVAL):
            for folder in Path("/proc").glob("[0-9]*"):
                with suppress(OSError, LookupError):  # it has just ended, or is not ours to see
                    if _is_host(folder, marker.encode()):
                        peaks[int(folder.name)] = _peak(folder)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def _is_host(process: Path, marker: bytes) -> bool:
    return (
        not _HOSTS.isdisjoint((process / "cmdline").read_bytes().split(b"\0"))
        and marker in (process / "environ").read_bytes()
    )


def _peak(process: Path) -> int:
    for line in (process / "status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    raise LookupError(process)
