"""How an error reaches the user: as one sentence on the resource's row, without a traceback.

Hosts before SDK 3.260 show an exception's text behind a prefix, unless the call was aborted
with details of our own. Later hosts abort the call themselves with ``traceback.format_exc()``,
so there the text of our own errors takes the place of their traceback. Every other exception
keeps its full traceback: it is a bug.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from .call import Call

#: Where gRPC carries a status with details.
_DETAILS = "grpc-status-details-bin"
_UNKNOWN = 2  # the engine accepts the details under this code only


class Failed(Exception):
    """What the host gets to see of one of our own errors."""


class _Traceback:
    """Stands in for the module ``traceback`` in the host's main module."""

    def format_exc(self) -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, Failed) else traceback.format_exc()


def fail(call: Call, text: str) -> NoReturn:
    """End the RPC with ``text`` as its whole message."""
    host = sys.modules["__main__"]
    if hasattr(host, "_abort_with_traceback"):
        host.traceback = _Traceback()  # type: ignore[attr-defined]
    elif call.context is not None:
        import grpc

        with suppress(Exception):  # it raises one that says nothing
            call.context.abort(grpc.StatusCode.UNKNOWN, text)
    raise Failed(text)


def fail_as_bug(call: Call) -> NoReturn:
    """End the RPC with the traceback of the exception that is being handled."""
    if not hasattr(sys.modules["__main__"], "_abort_with_traceback") and call.context is not None:
        import grpc

        call.context.abort(grpc.StatusCode.UNKNOWN, traceback.format_exc())
    raise  # noqa: PLE0704 - called by an exception handler


def keep_in_state(
    call: Call, text: str, id_: str, outputs: dict[str, Any], inputs: dict[str, Any]
) -> bool:
    """Attach Pulumi's ``ErrorResourceInitFailed`` to the RPC, which is then to be failed.

    The engine keeps the object with its id, and finishes it with an update on the next
    ``pulumi up``. The Python host has no way of its own to say so; returns whether it worked.
    """
    try:
        from google.protobuf.any_pb2 import Any as AnyMessage
        from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
        from pulumi.runtime.proto import provider_pb2

        partial = provider_pb2.ErrorResourceInitFailed(
            id=id_, properties=_struct(outputs), inputs=_struct(inputs), reasons=[text]
        )
        detail = AnyMessage()
        detail.Pack(partial)
        status = Status(code=_UNKNOWN, message=text, details=[detail])
        call.context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
    except Exception:  # noqa: BLE001 - the caller falls back to a plain success
        return False
    return True


def _struct(properties: dict[str, Any]) -> Any:
    import asyncio

    from pulumi.runtime import rpc

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(properties, {}))
    finally:
        loop.close()
