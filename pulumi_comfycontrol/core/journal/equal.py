"""Locks that serialize creates of equal objects, so that a search for an orphan sees no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from ..progress import listener
from ..storage.postgres import PostgresDatabase

#: Equal creates wait for each other; different ones seldom share one of these locks.
_STRIPES = 1024
#: Seconds of waiting for an equal create after which a status line says so.
_TELL = 1.0
#: Seconds between two attempts to take a lock in the store.
_POLL = 0.1
_WAITING = "waiting for the creation of an equal object to end"


class EqualLocks(Protocol):
    """Locks by fingerprint."""

    def hold(self, fingerprints: Collection[str]) -> AbstractContextManager[None]:
        """Wait for the locks, and keep them for the duration of a block."""


def stripes(fingerprints: Collection[str]) -> list[int]:
    """Return the numbers of the locks, sorted.

    All processes acquire them in this order, so that there is no deadlock.
    """
    return sorted({int(one[:8], 16) % _STRIPES for one in fingerprints})


class FileEqualLocks:
    """Locks over all threads and processes of a user on this host.

    ``usable`` returns whether the folder can be used; otherwise the locks are those of this
    process. ``on_failure`` is called with the reason of a failure; ``sleep`` raises when the wait
    for a lock is to end.
    """

    def __init__(
        self,
        folder: Path,
        usable: Callable[[], bool],
        on_failure: Callable[[Exception], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._usable = usable
        self._on_failure = on_failure
        self._sleep = sleep

    @contextmanager
    def hold(self, fingerprints: Collection[str]) -> Iterator[None]:
        """See :class:`EqualLocks`."""
        with ExitStack() as locks:
            for stripe in stripes(fingerprints):
                self._enter(locks, stripe)
            yield

    def _enter(self, locks: ExitStack, stripe: int) -> None:
        if self._usable():
            lock = FileLock(self._folder / f"{stripe:04}.lock", thread_local=False)
            try:
                self._folder.mkdir(exist_ok=True, mode=0o700)
                self._acquire(lock)
            except (OSError, NotImplementedError) as error:
                self._on_failure(error)
            else:
                locks.callback(lock.release)
                return
        locks.enter_context(self._in_process)

    def _acquire(self, lock: FileLock) -> None:
        with suppress(Timeout):
            lock.acquire(timeout=_TELL)
        if not lock.is_locked:
            listener().status(_WAITING)
        while not lock.is_locked:
            self._sleep(0)
            with suppress(Timeout):
                lock.acquire(timeout=_POLL)

    #: Reentrant: one thread acquires it once for each stripe.
    _in_process = threading.RLock()


class StoreEqualLocks:
    """Locks over all machines: session locks of the store, which frees those of dead machines.

    ``still_sent`` returns whether equal attempts of living processes await an answer without a
    lock, which a restart of the store released: they are waited for, too.
    """

    def __init__(
        self,
        store: PostgresDatabase,
        still_sent: Callable[[Collection[str]], bool],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._still_sent = still_sent
        self._sleep = sleep
        self._lock = threading.Lock()
        self._in_process: dict[int, threading.Lock] = {}

    @contextmanager
    def hold(self, fingerprints: Collection[str]) -> Iterator[None]:
        """See :class:`EqualLocks`. Raises :class:`StorageError`."""
        with ExitStack() as locks:
            for stripe in stripes(fingerprints):
                # The server does not keep the threads of one connection apart.
                locks.enter_context(self._of_process(stripe))
                name = f"equal {stripe}"
                self._wait(lambda name=name: self._store.try_lock(name))  # type: ignore[misc]
                locks.callback(self._store.unlock, name)
            self._wait(lambda: not self._still_sent(fingerprints))
            yield

    def _of_process(self, stripe: int) -> threading.Lock:
        with self._lock:
            return self._in_process.setdefault(stripe, threading.Lock())

    def _wait(self, until: Callable[[], bool]) -> None:
        waited = 0.0
        while not until():
            self._sleep(_POLL)
            if waited < _TELL <= waited + _POLL:
                listener().status(_WAITING)
            waited += _POLL
