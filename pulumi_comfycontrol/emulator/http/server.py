"""HTTP/1.1 for one Flask application: threads, connections kept open, answers cut short.

werkzeug's own server closes each connection after one answer, so that tests would never exercise
a client's keep-alive. To keep it open, it is enough to read the whole body before the application
runs.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response

from ..state.recorder import mask
from .faults import CUT, NOTHING
from .gate import BOUND
from .hosts import WILDCARDS

if TYPE_CHECKING:
    from flask import Flask

#: Less than 1 GB; the API's own limit is checked later.
_LENGTH = re.compile(r"[0-9]{1,9}")


class Server(ThreadedWSGIServer):
    """HTTP server; ``log`` is called with one line for each request.

    Raises OSError when the port is taken.
    """

    def __init__(
        self, host: str, port: int, app: Flask, log: Callable[[str], None] | None = None
    ) -> None:
        self.log_line = log
        self.clock = app.extensions["emulator"].clock
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        # werkzeug would print advice and exit where the port is taken, so bind here.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=256) as listener:
            super().__init__(host, port, app, _Handler, fd=listener.fileno())
        # The handler is called with a new connection before the request is.
        name = WILDCARDS.get(host, host)
        self.url = f"http://{f'[{name}]' if ':' in name else name}:{self.port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._lock:
            self._connections[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        super().shutdown_request(request)
        with self._lock:
            self._connections.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a failed connection; errors of the application have been answered."""

    def close_connections(self) -> None:
        """Close all connections, and wait until their threads have ended."""
        with self._lock:
            open_ = list(self._connections.items())
        for connection, _ in open_:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in open_:
            thread.join()


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def run_wsgi(self) -> None:
        """Answer one request."""
        self.environ = environ = self.make_environ()
        environ[CUT] = []  # a list, as the application gets a copy of the environment
        environ[BOUND] = self.server.host
        try:
            body = self._body()
            if body is None:
                self.close_connection = True  # the start of the next request is unknown
                self._answer(_malformed())
                return
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            self._answer(Response.from_app(self.server.app, environ, buffered=True))
        except ConnectionError:
            self.close_connection = True

    def _body(self) -> bytes | None:
        """Read the request's body; None where its length is unknown."""
        if self.environ.get("wsgi.input_terminated"):
            try:
                body: bytes = self.environ["wsgi.input"].read()
            except ConnectionError:
                raise
            except (OSError, ValueError):  # a malformed chunk
                return None
            return body
        length = self.environ.get("CONTENT_LENGTH") or "0"
        return self.rfile.read(int(length)) if _LENGTH.fullmatch(length) else None

    def _answer(self, response: Response) -> None:
        cut: int | None = next(iter(self.environ[CUT]), None)
        status = "closed" if cut == NOTHING else response.status_code
        if self.server.log_line and self.path.startswith("/v1"):
            self.server.log_line(mask(f"{self.command} {self.path} {status}"))
        if cut != NOTHING:
            self.send_response(response.status_code)
            for name, value in response.headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.get_data()[:cut])
            self.wfile.flush()
        if cut is not None:
            self.close_connection = True

    def version_string(self) -> str:
        """The header ``Server``."""
        return "comfycontrol-emulator"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header ``Date``, by the clock that also gives the objects their timestamps."""
        now = self.server.clock.time()
        return super().date_time_string(now if timestamp is None else timestamp)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Suppress werkzeug's log; the server has its own."""


def _malformed() -> Response:
    error = {"status": 400, "message": "the length of the request's body makes no sense"}
    text = json.dumps(error) + "\n"
    headers = {"Content-Length": str(len(text)), "Connection": "close"}
    return Response(text, 400, headers, mimetype="application/json")
