"""What each request passes before and after its route.

A stranger's is refused. One to /v1 passes recorder, rate limit (it is Cloudflare's, so it comes
before the API), latency, faults, token; then the route; then the faults that happen after it.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request
from markupsafe import escape

from ..state.accounts import Account
from ..state.errors import TOO_MANY, ApiError, bad
from ..state.faults import Fault
from ..state.recorder import mask
from ..state.rules import parse_json
from ..state.state import State
from .hosts import is_loopback, is_own

#: How many bytes of an answer's body are sent before the connection is closed; set in the WSGI
#: environ by a fault. NOTHING means that not even the status is sent.
CUT = "emulator.cut"
NOTHING = -1
#: Where the WSGI environ has the host that the emulator was started with.
BOUND = "emulator.bound"

_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)
_LARGEST = 50 * 1024 * 1024  # [docs: api]
_HTML = (
    "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
)


def state() -> State:
    """Return the emulator that serves this request."""
    found: State = current_app.extensions["emulator"]
    return found


def account() -> Account:
    """Return the account whose token this request has; raises 401."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    opened = state().accounts.open(found[1] if found else None)
    g.record.account = opened.id
    return opened


def install(app: Flask) -> None:
    """Put the gate before all of /v1, also before paths that no route has."""
    app.before_request(_refuse_strangers)
    app.before_request(_arrive)
    app.after_request(_leave)


def _refuse_strangers() -> None:
    """403 for what a page of another site sends to an emulator that is only for this machine."""
    if not is_loopback(request.environ["SERVER_NAME"]):  # the address that it listens on
        return
    bound = request.environ[BOUND]
    origin = request.headers.get("Origin")
    if not is_own(request.headers.get("Host", bound), bound) or (
        origin is not None and not is_own(origin.partition("://")[2], bound)
    ):
        raise ApiError(
            403,
            "this emulator answers only to this machine's own names, such as localhost; to reach"
            " it by another one, start it with --host and that name",
        )


def _arrive() -> Response | None:
    if not request.path.startswith("/v1/"):
        return None
    emulator = state()
    now = emulator.clock.monotonic()
    g.record = emulator.recorder.add(
        at=now,
        time=emulator.clock.timestamp(fractions=True),
        method=request.method,
        path=mask(request.path),
        query=mask(request.args.to_dict()),
        client=_client(),
        user_agent=request.headers.get("User-Agent", ""),
        body=_masked_body(),
    )
    closed = emulator.limit.closed_for(_client(), now)
    emulator.sleep(emulator.settings.latency)
    if closed:
        return _too_many(closed)
    fault = g.fault = emulator.faults.pick(request.method, request.path)
    if fault:
        g.record.fault = fault.kind
        if not fault.acts_first:
            answer = _happen(fault, None)
            if answer:
                return answer
    g.account = account()
    if len(request.get_data()) > _LARGEST:
        raise bad("request is larger than 50 MB")  # A9
    return None


def _leave(response: Response) -> Response:
    record = g.get("record")
    if record:
        fault: Fault | None = g.get("fault")
        if fault and fault.acts_first:
            response = _happen(fault, response) or response
        record.status = None if NOTHING in request.environ.get(CUT, ()) else response.status_code
    return response


def _client() -> str:
    address = request.remote_addr or ""
    if state().settings.trust_client_header:
        return request.headers.get("X-Emulator-Client", address)
    return address


def _masked_body() -> Any:
    data = request.get_data()  # kept, so that the form can be read from it
    if request.mimetype == "multipart/form-data":
        return mask({**request.form.to_dict(), **dict.fromkeys(request.files, "<file>")})
    try:
        return mask(parse_json(data, "not JSON"))
    except (ApiError, RecursionError):
        return None


def _too_many(closed: float) -> Response:
    settings = state().settings
    if settings.rate_html:
        response = Response(_HTML.format(title="Error 1015: rate limited"))
    else:
        response = jsonify(status=429, message=TOO_MANY)
    response.status_code = 429
    if settings.rate_retry_after:
        response.headers["Retry-After"] = str(max(1, round(closed)))
    return response


def _happen(fault: Fault, response: Response | None) -> Response | None:
    """Do what is ordered; returns the answer, or None to go on as if nothing had happened."""
    kind = fault.kind.removesuffix("_after").removesuffix("_before")
    if kind == "status":
        return _with_status(jsonify(status=fault.status, message=fault.message), fault)
    if kind == "html":
        return _with_status(Response(_HTML.format(title=escape(fault.message))), fault)
    if kind == "empty":
        return Response(b"", 200)
    if kind == "truncate" and response:
        request.environ[CUT].append(len(response.get_data()) // 2)
    elif kind == "delay":
        state().sleep(fault.delay)
    elif kind == "call" and fault.function:
        fault.function()
    elif kind in {"drop", "kill"}:
        request.environ[CUT].append(NOTHING)
        if kind == "kill":
            state().kill()
        return Response(b"")
    return None


def _with_status(answer: Response, fault: Fault) -> Response:
    answer.status_code = fault.status
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = fault.retry_after
    return answer
