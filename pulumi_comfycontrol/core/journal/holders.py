"""The processes that hold attempts, and whether each is alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from ..storage.database import StorageError
from ..storage.postgres import PATIENCE, PostgresDatabase

#: A process of another machine counts as alive for this many seconds after its connection was
#: lost, the time that it may need to connect again.
_GRACE = PATIENCE + 5.0


class Holders(Protocol):
    """Registry of living processes, by their names."""

    def enter(self, holder: str) -> None:
        """Register this process as alive until it ends."""

    def leave(self) -> None:
        """End the registration: the process has no attempt under way."""

    def is_alive(self, holder: str) -> bool:
        """Whether another process is alive."""


class FileHolders:
    """Processes of this host: each holds a lock on a file of its own.

    The operating system releases the lock however the process ends. ``on_failure`` is called with
    the exception that an unusable folder causes.
    """

    def __init__(self, folder: Path, on_failure: Callable[[Exception], None]) -> None:
        self._folder = folder
        self._on_failure = on_failure
        self._own: FileLock | None = None

    def enter(self, holder: str) -> None:
        """See :class:`Holders`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            own = self._lock(holder)
            own.acquire(blocking=False)
            self._own = own
        except (OSError, NotImplementedError) as error:
            self._on_failure(error)

    def leave(self) -> None:
        """See :class:`Holders`."""
        if self._own is not None:
            self._own.release()
            with suppress(OSError):
                Path(self._own.lock_file).unlink(missing_ok=True)

    def is_alive(self, holder: str) -> bool:
        """See :class:`Holders`."""
        lock = self._lock(holder)
        if not Path(lock.lock_file).exists():
            return False
        try:
            with lock.acquire(blocking=False):
                Path(lock.lock_file).unlink(missing_ok=True)
        except Timeout:
            return True
        except (OSError, NotImplementedError) as error:
            self._on_failure(error)
        return False

    def _lock(self, holder: str) -> FileLock:
        return FileLock(self._folder / f"{holder}.lock", thread_local=False)


class StoreHolders:
    """Processes of all machines: each holds a session lock of the store.

    The server frees the lock when the connection ends; see :data:`_GRACE`.
    """

    def __init__(
        self, store: PostgresDatabase, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._lock = threading.Lock()
        #: When a holder's lock was first seen to be free.
        self._free_since: dict[str, float] = {}

    def enter(self, holder: str) -> None:
        """See :class:`Holders`; works also while the store can't be reached."""
        with suppress(StorageError):
            self._store.hold(_name(holder))

    def leave(self) -> None:
        """See :class:`Holders`; the lock ends with the process's connection."""

    def is_alive(self, holder: str) -> bool:
        """See :class:`Holders`. Raises :class:`StorageError`."""
        held = self._store.is_held(_name(holder))
        now = self._monotonic()
        with self._lock:
            if held:
                self._free_since.pop(holder, None)
                return True
            return now < self._free_since.setdefault(holder, now) + _GRACE


def _name(holder: str) -> str:
    return f"holder {holder}"
