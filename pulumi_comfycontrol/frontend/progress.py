"""Progress on the resource's own row of the engine's display, by the engine's ``Log`` RPC."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from .protocol import stubs

#: Timeout in seconds; the engine is on the same machine.
_TIMEOUT = 5.0


class EngineListener:
    """Listener that sends texts to the engine at ``address``; see ``core.progress.Listener``."""

    def __init__(self, address: str, urn: str) -> None:
        self._address = address
        self._urn = urn
        self._has_status = False

    def status(self, text: str) -> None:
        """Show a line that the next one replaces."""
        self._has_status = True
        self._log("INFO", text, ephemeral=True)

    def clear(self) -> None:
        """Remove the status line: the display shows a row's last message, here an empty one."""
        if self._has_status:
            self._has_status = False
            self._log("INFO", "", ephemeral=True)

    def info(self, text: str) -> None:
        """Show a line that stays."""
        self._log("INFO", text)

    def warning(self, text: str) -> None:
        """Show a line that stays and stands out."""
        self._log("WARNING", text)

    def _log(self, severity: str, text: str, *, ephemeral: bool = False) -> None:
        # A failure to show a message must not fail the operation.
        with suppress(Exception):
            engine_pb2 = stubs("engine_pb2")
            request = engine_pb2.LogRequest(
                severity=engine_pb2.LogSeverity.Value(severity),
                message=text,
                urn=self._urn,
                ephemeral=ephemeral,
            )
            if self._address:
                engine(self._address).Log(request, timeout=_TIMEOUT)


@cache
def engine(address: str) -> Any:
    """Return the gRPC stub of the engine at ``address``."""
    import grpc

    return stubs("engine_pb2_grpc").EngineStub(grpc.insecure_channel(address))
