"""Errors as the user sees them: one sentence on the resource's row, without a traceback.

Hosts before SDK 3.260 show an exception's text behind a prefix, unless the call was aborted
with details of our own. Later hosts abort the call themselves with ``traceback.format_exc()``,
so there the traceback of our own errors is replaced by their text. Every other exception is a bug
and keeps its full traceback.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from ...frontend.partial_failure import init_failed
from .call import rpc


class _Clean(Exception):
    """Exception of which the host shows only the text."""


class _Traceback:
    """Replacement for the module ``traceback`` in the host's main module."""

    def format_exc(self) -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, _Clean) else traceback.format_exc()


def fail(text: str) -> NoReturn:
    """End the RPC with ``text`` as its whole message."""
    host = sys.modules["__main__"]
    if hasattr(host, "_abort_with_traceback"):
        host.traceback = _Traceback()  # type: ignore[attr-defined]
    else:
        _abort(text)
    raise _Clean(text)


def fail_as_bug() -> NoReturn:
    """End the RPC with the traceback of the exception that is being handled."""
    if not hasattr(sys.modules["__main__"], "_abort_with_traceback"):
        _abort(traceback.format_exc())
    raise  # noqa: PLE0704 - called by an exception handler


def keep_in_state(text: str, id_: str, outputs: dict[str, Any], inputs: dict[str, Any]) -> bool:
    """Attach ``ErrorResourceInitFailed`` to the RPC, which then has to fail; False on failure."""
    _, context = rpc()
    try:
        metadata = init_failed(text, id_, _struct(outputs), _struct(inputs))
        context.set_trailing_metadata(metadata)
    except Exception:  # noqa: BLE001 - the caller falls back to a plain success
        return False
    return True


def _abort(text: str) -> None:
    _, context = rpc()
    if context is not None:
        import grpc

        with suppress(Exception):  # abort raises an exception without a text
            context.abort(grpc.StatusCode.UNKNOWN, text)


def _struct(properties: dict[str, Any]) -> Any:
    import asyncio

    from pulumi.runtime import rpc as pulumi_rpc

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(pulumi_rpc.serialize_properties(properties, {}))
    finally:
        loop.close()
