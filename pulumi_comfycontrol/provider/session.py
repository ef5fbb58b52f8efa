"""What all resources of one provider process share: settings, client, journal."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from ..core.journal.supervisor import runs, supervisor
from .host.call import Call, current_call, engine_address

if TYPE_CHECKING:
    from ..core.api.client import Client
    from ..core.config import Settings
    from ..core.journal.journal import Journal
    from ..core.lifecycle.lifecycle import Lifecycle
    from ..core.types.kind import Kind

#: Seconds between two looks at whether the engine is still there.
_WATCH = 1.0
#: Seconds that calls under way may take to end after the engine has died.
_GRACE = 60.0


class Session:
    """The state of a provider process for one configuration; shared by its threads."""

    def __init__(self, stack_config: Callable[[str], str | None]) -> None:
        self._stack_config = stack_config
        self._lock = threading.RLock()
        self._lifecycles: dict[str, Lifecycle] = {}
        self._calls = 0
        self._here = threading.local()
        self._cut_off = False
        self._engine = supervisor(engine_address())
        threading.Thread(target=self._watch_engine, daemon=True).start()

    def settings(self) -> Settings:
        """Raise ``ConfigError`` when the token is missing or a value can't be used."""
        from ..core.config import load_settings
        from ..frontend.words import PULUMI

        return load_settings(self._stack_config, words=PULUMI)

    def lifecycle(self, kind: Kind) -> Lifecycle:
        """Return the lifecycle of one kind of object; made at the first use."""
        with self._lock:
            if kind.label not in self._lifecycles:
                from ..core.lifecycle.lifecycle import Lifecycle

                self._lifecycles[kind.label] = Lifecycle(self._client, kind, self._journal)
            return self._lifecycles[kind.label]

    def owns(self, kind: Kind, id_: str) -> None:
        """Take note, without a request, that the engine's state has an object."""
        from ..core.errors import ComfyControlError

        with suppress(ComfyControlError):  # whoever needs the settings says what is wrong
            self.lifecycle(kind).owns(id_)

    def __enter__(self) -> None:
        self._here.call = current_call()
        with self._lock:
            self._calls += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not self._is_awaited():
            self._cut_off = True
        elif kind is None and "_journal" in self.__dict__:  # an error brings the engine no id
            self._journal.told(self._here.call.urn)
        with self._lock:
            self._calls -= 1

    def _is_awaited(self) -> bool:
        """Whether the engine still waits for what this thread's call answers."""
        call: Call = self._here.call
        with suppress(Exception):  # without a context, only the whole engine can be looked at
            return bool(call.context.is_active())
        return runs(self._engine)

    @cached_property
    def _client(self) -> Client:
        from ..core.api.chain import client_for

        return client_for(self.settings())

    @cached_property
    def _journal(self) -> Journal:
        from ..core.journal.journal import Journal
        from ..core.storage.state_folder import state_folder

        journal = Journal(
            state_folder() / "journal",
            self.settings().url,
            self._engine,
            token=self.settings().token.reveal(),
            is_awaited=self._is_awaited,
        )
        atexit.register(self._end, journal)
        return journal

    def _end(self, journal: Journal) -> None:
        # An engine that was killed, or left calls alone, may not have saved what it was told.
        if not self._cut_off and runs(self._engine):
            journal.release()

    def _watch_engine(self) -> None:
        """End this process after its engine was killed, once calls under way have ended.

        Pulumi's host would wait for ever for an engine that is gone. ``os._exit`` leaves the
        journal as it is: nobody has recorded what the last calls did.
        """
        while runs(self._engine):
            time.sleep(_WATCH)
        deadline = time.monotonic() + _GRACE
        while self._calls and time.monotonic() < deadline:
            time.sleep(_WATCH)
        os._exit(1)


_lock = threading.Lock()
_session: Session | None = None


def process_session(stack_config: Callable[[str], str | None]) -> Session:
    """Return the session that all kinds share: a provider process has one configuration."""
    global _session  # noqa: PLW0603 - the host makes the instances, so there is no other place
    with _lock:
        if _session is None:
            _session = Session(stack_config)
        return _session
