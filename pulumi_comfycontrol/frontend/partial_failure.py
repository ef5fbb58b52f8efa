"""Pulumi's ``ErrorResourceInitFailed``: an object that exists, but not yet as requested.

The engine keeps the object in its state, and completes it by an update in the next deployment.
"""

from __future__ import annotations

from typing import Any

from .protocol import stubs
from .wire import STATUS_DETAILS

_UNKNOWN = 2  # the engine accepts the details under this code only


def init_failed(text: str, id_: str, outputs: Any, inputs: Any) -> tuple[tuple[str, bytes], ...]:
    """Return the trailing metadata of the failed call; ``outputs`` and ``inputs`` are Structs."""
    from google.protobuf.any_pb2 import Any as AnyMessage
    from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

    detail = AnyMessage()
    detail.Pack(
        stubs("provider_pb2").ErrorResourceInitFailed(
            id=id_, properties=outputs, inputs=inputs, reasons=[text]
        )
    )
    status = Status(code=_UNKNOWN, message=text, details=[detail])
    return ((STATUS_DETAILS, status.SerializeToString()),)
