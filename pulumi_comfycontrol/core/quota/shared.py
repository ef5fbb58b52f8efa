"""The quota of all hosts that share a store; while that is unreachable, a share for this host."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from ..clock import Clock
from ..config import Settings
from ..progress import listener
from ..storage.database import StorageError
from ..storage.postgres import PostgresDatabase
from ..storage.store import store_for
from .host import api_of, host_quota
from .line import SCHEMA
from .permit import Permit
from .quota import Quota
from .window import MARGIN

#: This host's part of the quota while the store is unreachable: a tenth, as for ten hosts.
_SHARE = 10
#: Seconds after a failure of the store before the next request tries it again.
_RECOVERY = 5.0


def quota_for(settings: Settings, clock: Clock) -> Quota | SharedQuota:
    """Return the quota that the settings ask for."""
    if settings.store is None:
        return host_quota(settings.url, *settings.quota, clock)
    return shared_quota(store_for(settings.store), settings, clock)


def shared_quota(store: PostgresDatabase, settings: Settings, clock: Clock) -> SharedQuota:
    """Return the quota in ``store``: one line for each API and address."""
    limit, window = settings.quota
    store.add(SCHEMA)
    line = f"{api_of(settings.url)} {settings.address}".rstrip()
    alone = host_quota(settings.url, max(1, limit // _SHARE), window, clock, apart=True)
    shared = Quota(store, line, limit, window, clock)
    return SharedQuota(shared, alone, window + MARGIN, clock, lambda: store.is_connected)


class SharedQuota:
    """A pair of lines: ``shared`` in a store, and ``alone`` in use while the store fails.

    Neither line has the other's requests, so after a change of line nothing is sent until
    ``pause`` seconds after the last request of the previous one.
    """

    def __init__(
        self,
        shared: Quota,
        alone: Quota,
        pause: float,
        clock: Clock,
        is_connected: Callable[[], bool],
    ) -> None:
        self._shared = shared
        self._alone = alone
        self._pause = pause
        self._clock = clock
        self._is_connected = is_connected
        self._lock = threading.Lock()
        #: Times of this process's latest permit, by line.
        self._latest = {shared: -math.inf, alone: -math.inf}
        #: Time of the store's failure; None while it works.
        self._failed: float | None = None

    def acquire(
        self,
        patience: float | None = None,
        on_wait: Callable[[float], None] = lambda _seconds: None,
        rejected: Permit | None = None,
    ) -> Permit:
        """See ``Quota.acquire``; a failure of the store only causes a warning."""
        failed = self._failed
        if failed is None or self._clock.monotonic() >= failed + _RECOVERY:
            try:
                if self._is_connected():
                    self._wait_for_other(self._shared, on_wait)
                permit = self._permit(self._shared, patience, on_wait, rejected)
            except StorageError as error:
                self._warn(error)
            else:
                self._tell_of_return()
                return permit
        self._wait_for_other(self._alone, on_wait)
        return self._permit(self._alone, patience, on_wait, rejected)

    def _permit(
        self,
        line: Quota,
        patience: float | None,
        on_wait: Callable[[float], None],
        rejected: Permit | None,
    ) -> Permit:
        known = rejected if rejected is not None and rejected.issuer is line else None
        permit = line.acquire(patience, on_wait, known)
        self._latest[line] = self._clock.monotonic()
        return permit

    def _wait_for_other(self, line: Quota, on_wait: Callable[[float], None]) -> None:
        """Wait until the requests of the other line no longer count."""
        other = self._alone if line is self._shared else self._shared
        wait = self._latest[other] + self._pause - self._clock.monotonic()
        if wait > 0:
            on_wait(wait)
            self._clock.sleep(wait)

    def _warn(self, error: StorageError) -> None:
        with self._lock:
            known, self._failed = self._failed, self._clock.monotonic()
        if known is None:
            listener().warning(
                f"{error.fault[:1].upper()}{error.fault[1:]}, so this machine does not know of"
                f" other machines' requests and sends a tenth of the quota; {error.advice}."
            )

    def _tell_of_return(self) -> None:
        with self._lock:
            known, self._failed = self._failed, None
        if known is not None:
            listener().info("The shared store can be used again.")
