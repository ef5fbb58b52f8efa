"""The session of a provider process: settings, client and journal, shared by its resources."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING

from ..core.errors import ComfyControlError, ConfigError
from ..core.journal.supervisor import runs, supervisor
from ..core.lifecycle.managed import Managed
from .call import Call
from .cancellation import CancellableClock

if TYPE_CHECKING:
    from ..core.api.client import Client
    from ..core.config import Settings
    from ..core.journal.journal import Journal
    from ..core.lifecycle.lifecycle import Lifecycle
    from ..core.types.kind import Kind

#: Seconds between two checks that the engine still runs.
_WATCH_INTERVAL = 1.0
#: Seconds for calls under way to end after the engine's death.
_GRACE = 60.0


class Session:
    """A provider process's state for one configuration; may be shared by threads.

    ``load_settings`` raises ``ConfigError`` as long as the token is missing or a value can't be
    used, and is not called again once it has returned; ``engine_address`` is where the engine
    listens, or "".
    """

    def __init__(self, load_settings: Callable[[], Settings], engine_address: str) -> None:
        self.settings = cache(load_settings)  # errors are not cached
        self.engine_address = engine_address
        self._engine = supervisor(engine_address)
        self._lock = threading.RLock()
        self._lifecycles: dict[str, Lifecycle] = {}
        self._managed: defaultdict[str, Managed] = defaultdict(Managed)
        self._calls_under_way = 0
        self._thread = threading.local()
        self._lost_an_answer = False
        self._clock = CancellableClock()

    def end_with_engine(self) -> None:
        """Start a watch that ends this process after its engine was killed."""
        threading.Thread(target=self._watch_engine, daemon=True).start()

    def cancel(self) -> None:
        """End all present and later waits with an error; requests under way end normally."""
        self._clock.cancel()

    def fault(self) -> str | None:
        """Return a sentence about a fault of the settings, or None."""
        try:
            self.settings()
        except ConfigError as error:
            return str(error)
        return None

    def lifecycle(self, kind: Kind) -> Lifecycle:
        """Return the lifecycle of one kind of object, created on first use."""
        with self._lock:
            if kind.label not in self._lifecycles:
                from ..core.lifecycle.lifecycle import Lifecycle

                self._lifecycles[kind.label] = Lifecycle(
                    self.client, kind, self._journal, self._clock, self._managed_of(kind)
                )
            return self._lifecycles[kind.label]

    @property
    def owner(self) -> str:
        """The URN of the resource that this thread's call is about, or ""."""
        call: Call = self._thread.call
        return call.urn

    def note_declared(self, kind: Kind, *, with_object: bool) -> None:
        """Note that the program has this resource, with an object in the state or without."""
        self._managed_of(kind).declare(self.owner, with_object=with_object)

    def note_kept(self, kind: Kind, id_: str) -> str | None:
        """Note, without a request, that the state has this resource with an object.

        Returns the URN of another resource of the program that manages the same object, or None.
        """
        # A lifecycle would load the HTTP client, which a plan without changes does not need.
        other = self._managed_of(kind).keep(id_, self.owner)
        with suppress(ComfyControlError):  # the operation that needs the settings reports the fault
            with self._lock:
                journal = self._journal
            journal.confirm(kind.label, id_)
        return other

    def _managed_of(self, kind: Kind) -> Managed:
        with self._lock:
            return self._managed[kind.label]

    @contextmanager
    def serving(self, call: Call) -> Iterator[None]:
        """Serve a call in the block: its journal entries are for this call's resource."""
        self._thread.call = call
        with self._lock:
            self._calls_under_way += 1
        try:
            yield
            # A failed call delivers no id to the engine.
            if self._is_awaited() and "_journal" in self.__dict__:
                self._journal.delivered(call.urn)
        finally:
            if not self._is_awaited():
                self._lost_an_answer = True
            with self._lock:
                self._calls_under_way -= 1

    def _is_awaited(self) -> bool:
        """Whether the engine still waits for the answer to this thread's call."""
        call: Call = self._thread.call
        return call.is_awaited() if call.is_awaited is not None else runs(self._engine)

    @cached_property
    def client(self) -> Client:
        """The API's client for the configured account."""
        from ..core.api.chain import client_for

        return client_for(self.settings(), clock=self._clock)

    @cached_property
    def _journal(self) -> Journal:
        from ..core.journal.journal import Caller
        from ..core.journal.opened import journal_for

        caller = Caller(self._engine, self._is_awaited)
        journal = journal_for(self.settings(), caller, self._clock)
        atexit.register(self._end, journal)
        return journal

    def _end(self, journal: Journal) -> None:
        # An engine that was killed, or abandoned calls, may not have saved the ids it received.
        if not self._lost_an_answer and runs(self._engine):
            journal.close()

    def _watch_engine(self) -> None:
        """End this process after its engine was killed, once calls under way have ended.

        A provider process otherwise serves until the engine ends it. ``os._exit`` leaves the
        journal as it is, because the engine did not save the results of the last calls.
        """
        while runs(self._engine):
            time.sleep(_WATCH_INTERVAL)
        deadline = time.monotonic() + _GRACE
        while self._calls_under_way and time.monotonic() < deadline:
            time.sleep(_WATCH_INTERVAL)
        os._exit(1)
