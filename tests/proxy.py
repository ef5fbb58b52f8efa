"""A network between a client and a server that can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Proxy:
    """Passes connections to a port of 127.0.0.1 on, until it is cut.

    A cut network carries nothing and closes nothing; :meth:`close` closes everything.
    """

    def __init__(self, port: int) -> None:
        #: Number of round trips: of times that a client sent something after the server had.
        self.trips = 0
        self._is_answered = True
        self._target = port
        self._passes = threading.Event()
        self._passes.set()
        self._ends: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Carry nothing any more."""
        self._passes.clear()

    def mend(self) -> None:
        """Forward data again, including the data held back."""
        self._passes.set()

    def close(self) -> None:
        """Close all connections, and take no further ones."""
        self._passes.set()
        for end in (self._server, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._ends.append(client)
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    client.close()
                    continue
                self._ends.append(server)
                for source, target in ((client, server), (server, client)):
                    ends = (source, target, source is client)
                    threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._passes.wait()
                self.trips += is_request and self._is_answered
                self._is_answered = not is_request
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
