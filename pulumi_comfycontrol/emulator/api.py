"""The routes under /v1, and what each request passes on its way.

Rate limit (it is Cloudflare's, so it comes first), then faults, then the token, then the route.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from .errors import TOO_MANY, ApiError, bad
from .faults import Fault
from .recorder import mask
from .state import State

api = Blueprint("v1", __name__, url_prefix="/v1")
_BEARER = re.compile(r"Bearer +(\S+)")
_HTML = (
    "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
)


def state() -> State:
    """Return the emulator that serves this request."""
    found: State = current_app.extensions["emulator"]
    return found


@api.before_request
def _arrive() -> Response | None:
    emulator = state()
    request.get_data()  # an unread body would be taken for the connection's next request
    g.record = emulator.recorder.add(
        at=emulator.clock.monotonic(),
        time=emulator.clock.timestamp(fractions=True),
        method=request.method,
        path=request.path,
        query=request.args.to_dict(),
        client=_client(),
        user_agent=request.headers.get("User-Agent", ""),
        body=mask(request.get_json(silent=True)),
    )
    closed = emulator.limit.closed_for(_client())
    if closed:
        return _too_many(closed)
    if emulator.settings.latency:
        time.sleep(emulator.settings.latency)
    fault = g.fault = emulator.faults.pick(request.method, request.path)
    if fault:
        g.record.fault = fault.kind
        if not fault.acts_first:
            return _happen(fault, None)
    g.account = _account()
    return None


@api.after_request
def _leave(response: Response) -> Response:
    fault = g.pop("fault", None)
    if fault and fault.acts_first:
        response = _happen(fault, response) or response
    g.record.status = response.status_code
    return response


@api.get("/user")
def get_user() -> Any:
    """The token's owner."""
    emulator = state()
    user = {
        "id": g.account,
        "name": "Local User",
        "email": "user@example.com",
        "deleted": False,
        "tier": emulator.settings.tier,
        "provider": "github",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }
    if emulator.settings.omit_optional:
        del user["provider"]
    return user


@api.post("/runner")
def create_runner() -> Any:
    """Register a runner."""
    emulator = state()
    row = emulator.runners.create(g.account, _json())
    return emulator.runners.shown(row), emulator.settings.create_status


@api.get("/runner")
def list_runners() -> Any:
    """List runners, newest first."""
    runners = state().runners
    page = runners.page(g.account, request.args.to_dict())
    return page | {"runners": [runners.shown(row) for row in page["runners"]]}


@api.get("/runner/<id_>")
def get_runner(id_: str) -> Any:
    """Return a runner."""
    return state().runners.shown(state().runners.get(g.account, id_))


@api.put("/runner/<id_>")
def update_runner(id_: str) -> Any:
    """Change some fields of a runner."""
    return state().runners.shown(state().runners.update(g.account, id_, _json()))


@api.delete("/runner/<id_>")
def delete_runner(id_: str) -> Any:
    """Remove a runner (not documented, A28)."""
    state().runners.delete(g.account, id_)
    return "", 204 if state().settings.delete == "204" else 200


@api.get("/runner/<id_>/stats")
def get_runner_stats(id_: str) -> Any:
    """Ask a runner's machine how it is."""
    return state().runners.stats(g.account, id_)


@api.post("/runner/<id_>/interrupt")
def interrupt_runner(id_: str) -> Any:
    """Stop what a runner is doing."""
    state().runners.stats(g.account, id_)
    return "", 200


def show_error(error: Exception) -> Any:
    """Turn every error into the documented format."""
    if isinstance(error, ApiError):
        return jsonify(status=error.status, message=error.message), error.status
    if isinstance(error, HTTPException):
        status = error.code or 500
        return jsonify(status=status, message=(error.name or "error").lower()), status
    raise error


def _client() -> str:
    address = request.remote_addr or ""
    if state().settings.trust_client_header:
        return request.headers.get("X-Emulator-Client", address)
    return address


def _too_many(closed: float) -> Response:
    settings = state().settings
    if settings.rate_html:
        response = Response(_HTML.format(title="Error 1015: rate limited"), 429)
    else:
        response = jsonify(status=429, message=TOO_MANY)
        response.status_code = 429
    if settings.rate_retry_after:
        response.headers["Retry-After"] = str(max(1, round(closed)))
    return response


def _account() -> str:
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    account = state().store.account(found[1]) if found else None
    if account is None:
        raise ApiError(401, "Invalid token")
    if account[1]:
        raise ApiError(401, "Token has expired")
    return account[0]


def _json() -> Any:
    try:
        return json.loads(request.get_data())
    except ValueError:
        raise bad("request body is not valid JSON") from None


def _happen(fault: Fault, response: Response | None) -> Response | None:
    kind = fault.kind.removesuffix("_after").removesuffix("_before")
    if kind == "delay":
        time.sleep(fault.delay)
    elif kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "call" and fault.function:
        fault.function()
    elif kind == "status":
        answer = jsonify(status=fault.status, message=fault.message)
        return _with_retry_after(answer, fault)
    elif kind == "html":
        return _with_retry_after(Response(_HTML.format(title=fault.message)), fault)
    elif kind == "empty":
        return Response(b"", 200)
    elif kind == "drop":
        _hang_up(b"")
        return Response(b"", 200)
    elif kind == "truncate" and response:
        body = response.get_data()
        head = f"HTTP/1.1 {response.status}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        _hang_up(head.encode() + body[: len(body) // 2])
    return None if fault.acts_first is False else response


def _with_retry_after(answer: Response, fault: Fault) -> Response:
    answer.status_code = fault.status
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = fault.retry_after
    return answer


def _hang_up(data: bytes) -> None:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.sendall(data)
    connection.shutdown(socket.SHUT_RDWR)
