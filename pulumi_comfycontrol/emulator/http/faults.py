"""Application of faults to HTTP responses."""

from __future__ import annotations

import io

from flask import Response, current_app, jsonify, request
from markupsafe import escape

from ..state.faults import Fault
from .context import state
from .errors import HTML

#: How many bytes of a response's body are sent before the connection is closed; set in the WSGI
#: environ by a fault. NOTHING means that not even the status is sent.
CUT = "emulator.cut"
NOTHING = -1
#: Set in the WSGI environ of a request that is carried out after its connection was closed.
LATE = "emulator.late"


def happen(fault: Fault, response: Response | None) -> Response | None:
    """Apply a fault; ``response`` is None for a fault before the request is carried out.

    Returns the response to send, or None to go on as if nothing had happened.
    """
    kind = fault.kind.removesuffix("_after").removesuffix("_before")
    if kind == "status":
        return _with_status(jsonify(status=fault.status, message=fault.message), fault)
    if kind == "html":
        return _with_status(Response(HTML.format(title=escape(fault.message))), fault)
    if kind == "empty":
        return Response(b"", 200)
    if kind == "truncate" and response:
        request.environ[CUT].append(len(response.get_data()) // 2)
    elif kind == "delay":
        state().sleep(fault.delay)
    elif kind == "call" and fault.function:
        fault.function()
    elif kind in {"drop", "kill", "drop_late"}:
        if kind == "drop_late":
            _carry_out_later(fault.delay)
        request.environ[CUT].append(NOTHING)
        if kind == "kill":
            state().kill()
        return Response(b"")
    return None


def _carry_out_later(delay: float) -> None:
    app, body = current_app.wsgi_app, request.get_data()
    environ = request.environ | {LATE: True, CUT: []}

    def run() -> None:
        Response.from_app(app, environ | {"wsgi.input": io.BytesIO(body)})

    state().call_later(delay, run)


def _with_status(response: Response, fault: Fault) -> Response:
    response.status_code = fault.status
    if fault.retry_after is not None:
        response.headers["Retry-After"] = fault.retry_after
    return response
