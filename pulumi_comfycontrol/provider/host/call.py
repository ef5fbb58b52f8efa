"""The gRPC call that a provider method serves, and the engine behind it.

Pulumi's Python host passes neither to the method. Both are found in the caller's frames and in
the process's arguments. All that comes from here is optional: without it, messages are less
helpful, and an interrupted create is recognised by its fields instead of its URN.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

#: How many frames may lie between a provider method and the host's servicer.
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Call:
    """One RPC. ``urn`` is "" and ``context`` and ``request`` are None where they are not known."""

    urn: str = ""
    context: Any = None
    request: Any = None

    @property
    def quoted_resource(self) -> str:
        """The resource's name in the program as a part of a sentence, or nothing."""
        name = self.urn.rpartition("::")[2]
        return f" '{name}'" if name else ""

    @property
    def ignored_fields(self) -> frozenset[str]:
        """The properties in which the option ``ignore_changes`` names something."""
        paths = getattr(self.request, "ignoreChanges", ())
        return frozenset(re.split(r"[.\[]", str(path).strip('["'), maxsplit=1)[0] for path in paths)


def current_call() -> Call:
    """Find the RPC that the calling method serves."""
    frame = sys._getframe(1)
    for _ in range(_DEPTH):
        local = frame.f_locals
        if "context" in local and "request" in local:
            return Call(
                str(getattr(local["request"], "urn", "")), local["context"], local["request"]
            )
        if frame.f_back is None:
            break
        frame = frame.f_back
    return Call()


class EngineListener:
    """Shows progress on the resource's own row of the engine's display."""

    def __init__(self, urn: str) -> None:
        self._urn = urn

    def status(self, text: str) -> None:
        """See :class:`~pulumi_comfycontrol.core.progress.Listener`."""
        self._log("INFO", text, ephemeral=True)

    def info(self, text: str) -> None:
        """See :class:`~pulumi_comfycontrol.core.progress.Listener`."""
        self._log("INFO", text)

    def warning(self, text: str) -> None:
        """See :class:`~pulumi_comfycontrol.core.progress.Listener`."""
        self._log("WARNING", text)

    def _log(self, severity: str, text: str, *, ephemeral: bool = False) -> None:
        # A message that can't be shown must not fail the operation that it is about.
        with suppress(Exception):
            from pulumi.runtime.proto import engine_pb2

            engine = _engine()
            if engine is not None:
                level = engine_pb2.LogSeverity.Value(severity)
                request = engine_pb2.LogRequest(
                    severity=level, message=text, urn=self._urn, ephemeral=ephemeral
                )
                engine.Log(request, timeout=5)


def engine_address() -> str:
    """Return where the engine listens, which is the host's last argument; "" if there is none."""
    return sys.argv[-1] if len(sys.argv) > 1 and ":" in sys.argv[-1] else ""


@cache
def _engine() -> Any:
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    address = engine_address()
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None
