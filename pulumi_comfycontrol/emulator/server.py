"""Serves an emulator on a port, in this process: :class:`Emulator`."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from .faults import Fault
from .recorder import Record
from .runners import KIND
from .state import State
from .store import Row

if TYPE_CHECKING:
    from flask import Flask

    from .settings import Settings

DEFAULT_TOKEN = "cfc_emulator"  # noqa: S105 - it opens nothing but this emulator


class Emulator:
    """A ComfyControl of one's own; a context manager that serves in threads.

    ``port`` 0 takes a free one; ``db`` None keeps everything in memory; each of ``tokens`` is an
    account of its own; ``log`` is told one line a request. Raises OSError when the port is
    taken.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        db: Path | None = None,
        tokens: tuple[str, ...] = (DEFAULT_TOKEN,),
        log: Callable[[str], None] | None = None,
        **settings: Any,
    ) -> None:
        self._state = State(db, tokens)
        self._state.settings.change(settings)
        self.token = tokens[0]
        self._connections: set[socket.socket] = set()
        self._server = _make_server(host, port, self._app(), self._connections, log)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and all connections."""
        self._server.shutdown()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
        self._state.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def account(self) -> str:
        """The id of the first token's account."""
        return self._state.account

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

    def reset(self) -> None:
        """Remove all objects, faults and requests, and restore the settings."""
        with self._app().test_client() as client:
            client.post("/emulator/reset")

    def runners(self) -> list[Row]:
        """All runners, newest first."""
        return self._state.store.all(KIND)

    def seed_runners(self, *rows: dict[str, Any], account: str | None = None) -> list[Row]:
        """Add runners as if made in the dashboard."""
        account = account or self.account
        made = [self._state.runners.new(account, row) for row in rows]
        self._state.store.add(KIND, account, made)
        return made

    def edit_runner(self, id_: str, **fields: Any) -> None:
        """Change a runner as if in the dashboard."""
        row = self._state.store.get(KIND, id_)
        if row is None:
            raise KeyError(id_)
        stamp = {"updated_at": self._state.clock.timestamp()}
        self._state.store.put(KIND, row | stamp | fields)

    def delete_runner(self, id_: str) -> None:
        """Remove a runner as if in the dashboard."""
        self._state.store.remove(KIND, id_)

    def add_token(self, token: str, account: str | None = None) -> str:
        """Let a token in; returns its account."""
        return self._state.store.add_token(token, account)

    def revoke_token(self, token: str) -> None:
        """Refuse a token from now on."""
        self._state.store.revoke_token(token)

    def fault(self, kind: str, method: str = "*", path: str = "*", **options: Any) -> Fault:
        """Order a fault; see :class:`~.faults.Fault`."""
        return self._state.faults.add(Fault(kind, method, path, **options))

    def clear_faults(self) -> None:
        """Cancel all faults."""
        self._state.faults.clear()

    def _app(self) -> Flask:
        from .app import make_app

        return make_app(self._state)


def _make_server(
    host: str,
    port: int,
    app: Flask,
    connections: set[socket.socket],
    log: Callable[[str], None] | None,
) -> Any:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        """Keeps connections open, and lets them be closed from outside."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            connections.add(self.request)
            super().setup()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            connections.discard(self.request)

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
            """Leave the log to ``log_request``."""

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
            if log:
                log(f"{self.command} {self.path} {int(code)}")

    # werkzeug would print a banner and exit where the port is taken, so bind here.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=256)
    try:
        return make_server(
            host, port, app, threaded=True, request_handler=Handler, fd=listener.fileno()
        )
    finally:
        listener.close()
