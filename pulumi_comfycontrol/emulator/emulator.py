"""An emulator in this process: :class:`Emulator`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from .dashboard import Dashboard
from .state.clock import Clock
from .state.faults import Fault
from .state.kinds import KINDS
from .state.recorder import Record
from .state.state import State

if TYPE_CHECKING:
    from .http.server import Server
    from .state.settings import Settings

DEFAULT_TOKEN = "cfc_emulator"  # noqa: S105 - it opens nothing but this emulator


class TimeSource(Protocol):
    """A clock of the caller's, in seconds."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""


class Emulator:
    """A local ComfyControl; a context manager that serves in daemon threads.

    ``port`` 0 takes a free one; ``db`` None keeps everything in memory; each of ``tokens`` opens
    an account of its own, whose id is the same at each start; ``clock`` replaces the machine's;
    ``log`` is called with a line for each request, ``kill`` by faults that end the process;
    ``settings`` are those of :class:`~.state.settings.Settings`, which docs/emulator.md lists.

    :meth:`start` raises OSError when the port is taken, sqlite3.Error when ``db`` is no
    database or is in use.
    """

    runners: Dashboard
    templates: Dashboard
    managed_runners: Dashboard

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        tokens: tuple[str, ...] = (DEFAULT_TOKEN,),
        db: str | Path | None = None,
        clock: TimeSource | None = None,
        log: Callable[[str], None] | None = None,
        kill: Callable[[], None] | None = None,
        **settings: Any,
    ) -> None:
        self.token = tokens[0]
        self.clock = Clock(monotonic=clock.monotonic, calendar=clock.time) if clock else Clock()
        self._address = (host, port)
        self._tokens = tokens
        self._db = Path(db) if db else None
        self._settings = settings
        self._log = log
        self._kill = kill
        for name in KINDS:
            setattr(self, name.replace("-", "_"), Dashboard(lambda: self._state, name))

    # Life

    def start(self) -> Self:
        """Open the database, take the port, and answer."""
        from .http.app import make_app
        from .http.server import Server

        self._state = State(self._db, self._tokens, self._settings, self.clock, self._kill)
        try:
            self._server: Server = Server(*self._address, make_app(self._state), self._log)
        except BaseException:
            self._state.close()
            raise
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port, all connections and the database."""
        self._state.stop_waiting()
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._state.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL for clients, without a slash at its end."""
        return self._server.url

    # Records, settings and faults

    @property
    def settings(self) -> Settings:
        """The switches; set its attributes."""
        return self._state.settings

    @property
    def requests(self) -> list[Record]:
        """Every request to /v1 since the last reset."""
        return self._state.recorder.all()

    def clear_requests(self) -> None:
        """Forget the requests."""
        self._state.recorder.clear()

    def most_in_window(self) -> int:
        """The most requests that arrived within any 10 s."""
        most: int = self._state.recorder.summary(self.settings.rate_window)["most_in_window"]
        return most

    def reset(self, *what: str) -> None:
        """Go back to the start, with all or with some parts; their names are in docs/emulator.md.

        Raises KeyError for an unknown part.
        """
        self._state.reset(*what)

    def fault(self, kind: str, method: str = "*", path: str = "*", **options: Any) -> Fault:
        """Order a fault; see :class:`~.faults.Fault`. Raises ValueError for an impossible one."""
        return self._state.order(Fault(kind, method, path, **options))

    def clear_faults(self) -> None:
        """Cancel all faults."""
        self._state.faults.clear()

    # The account

    @property
    def account(self) -> str:
        """The id of the first token's account."""
        return self._state.accounts.first

    def add_token(self, token: str, account: str | None = None, tier: str | None = None) -> str:
        """Accept a token, for the account or for one of its own; returns the account's id."""
        return self._state.accounts.add_token(token, account, tier)

    def expire_token(self, token: str) -> None:
        """Reject a token from now on as expired."""
        self._state.accounts.expire_token(token)

    def revoke_token(self, token: str) -> None:
        """Reject a token from now on as unknown."""
        self._state.accounts.revoke_token(token)
