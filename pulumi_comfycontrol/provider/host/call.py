"""The current RPC of a provider method, and the engine's address."""

from __future__ import annotations

import sys
from typing import Any

from ...frontend.call import Call, top_level_names

#: The largest number of frames between a provider method and the host's servicer.
_DEPTH = 12


def current_call() -> Call:
    """Describe the RPC that the calling method serves."""
    request, context = rpc()
    return Call(
        urn=str(getattr(request, "urn", "")),
        is_awaited=getattr(context, "is_active", None),
        ignored_fields=top_level_names(getattr(request, "ignoreChanges", ())),
        timeout=float(getattr(request, "timeout", 0.0)),
    )


def raw_outputs() -> Any:
    """Return the outputs in the RPC's request as they came, as a ``Struct``, or None."""
    request, _ = rpc()
    return getattr(request, "olds", None) or getattr(request, "properties", None)


def rpc() -> tuple[Any, Any]:
    """Return request and context from the callers' frames; None for each that is not found."""
    frame = sys._getframe(1)
    for _ in range(_DEPTH):
        local = frame.f_locals
        if "context" in local and "request" in local:
            return local["request"], local["context"]
        if frame.f_back is None:
            break
        frame = frame.f_back
    return None, None


def engine_address() -> str:
    """Return the engine's address, the last argument of the host; "" without one."""
    return sys.argv[-1] if len(sys.argv) > 1 and ":" in sys.argv[-1] else ""
