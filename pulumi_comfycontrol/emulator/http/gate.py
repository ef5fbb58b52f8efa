"""The checks before and after each route.

Requests from other sites are rejected (403). A request to /v1 passes recorder, rate limit (it is
Cloudflare's, so it comes before the API), latency, faults and token; then the route; then the
faults that happen after it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, jsonify, request

from ..state.errors import Invalid
from ..state.faults import Fault
from ..state.recorder import mask
from ..state.rules import parse_json
from .context import account, state
from .errors import HTML, HttpError
from .faults import CUT, LATE, NOTHING, happen
from .hosts import is_loopback, is_own

#: Key of the WSGI environ for the host that the emulator was started with.
BOUND = "emulator.bound"

_LARGEST = 50 * 1024 * 1024  # [docs: api]


def install(app: Flask) -> None:
    """Add the checks to an application; they also hold for paths without a route."""
    app.before_request(_reject_other_sites)
    app.before_request(_call_due)
    app.before_request(_arrive)
    app.after_request(_leave)


def _reject_other_sites() -> None:
    """Raise a 403 for a request of another site's page to an emulator on a loopback address."""
    if not is_loopback(request.environ["SERVER_NAME"]):  # the address that it listens on
        return
    bound = request.environ[BOUND]
    origin = request.headers.get("Origin")
    if not is_own(request.headers.get("Host", bound), bound) or (
        origin is not None and not is_own(origin.partition("://")[2], bound)
    ):
        raise HttpError(
            403,
            "this emulator answers only to this machine's own names, such as localhost; to reach"
            " it by another one, start it with --host and that name",
        )


def _call_due() -> None:
    if LATE not in request.environ:
        state().call_due()


def _arrive() -> Response | None:
    if not request.path.startswith("/v1/"):
        return None
    if LATE in request.environ:
        g.account = account()
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
    if emulator.settings.challenge:  # A35
        return Response(HTML.format(title="Just a moment..."), 403, {"cf-mitigated": "challenge"})
    fault = g.fault = emulator.faults.pick(request.method, request.path)
    if fault:
        g.record.fault = fault.kind
        if not fault.acts_first:
            response = happen(fault, None)
            if response:
                return response
    g.account = account()
    if len(request.get_data()) > _LARGEST:
        raise Invalid("request is larger than 50 MB")  # A9
    return None


def _leave(response: Response) -> Response:
    record = g.get("record")
    if record:
        fault: Fault | None = g.get("fault")
        if fault and fault.acts_first:
            response = happen(fault, response) or response
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
    except (Invalid, RecursionError):
        return None


def _too_many(closed: float) -> Response:
    settings = state().settings
    if settings.rate_html:
        response = Response(HTML.format(title="Error 1015: rate limited"))
    else:
        response = jsonify(status=429, message="Too many requests")
    response.status_code = 429
    if settings.rate_retry_after:
        response.headers["Retry-After"] = str(max(1, round(closed)))
    return response
