"""The control API under /emulator: for tests and for the page, apart from /v1.

It takes no token, is not limited and not recorded; an invalid request gets 400 with a sentence,
and a body without the content type of JSON gets 415, as another site's page can send a form.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any, TypeVar

from flask import Blueprint, request
from pydantic import ValidationError

from ..http.context import state
from ..http.errors import HttpError
from ..state.collection import Collection
from ..state.errors import Invalid
from ..state.faults import Fault
from ..state.kinds import KINDS
from ..state.rules import parse_json
from ..state.switch import sentence
from .bodies import Body, ClockChange, Reset, TokenChange

B = TypeVar("B", bound=Body)
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)

control = Blueprint("emulator", __name__, url_prefix="/emulator")
_NO_JSON = "request body is not valid JSON"
_KIND = f"<any({', '.join(map(json.dumps, KINDS))}):kind>"


@control.post("/reset")
def reset() -> Any:
    """Go back to the start: all of it, or the parts in {"what": [part, …]}."""
    state().reset(*_read(Reset).what)
    return {}


@control.get("/requests")
def get_requests() -> Any:
    """Every request to /v1 since the last reset, or after the one with the number ?after=."""
    after = request.args.get("after", "0")
    if not NUMBER.fullmatch(after):
        raise Invalid("'after' is the number of a request")
    return state().recorder.as_json(int(after))


@control.delete("/requests")
def clear_requests() -> Any:
    """Forget the requests."""
    state().recorder.clear()
    return {}


@control.get("/requests/summary")
def get_summary() -> Any:
    """Count the requests, and show how much of the quota each address has used."""
    one = state()
    quota = one.limit.as_json(one.clock.monotonic())
    return one.recorder.summary(one.settings.rate_window) | {"quota": quota}


@control.get(f"/{_KIND}")
def get_objects(kind: str) -> Any:
    """All objects of all accounts, newest first, on one page."""
    return _collection(kind).all()


@control.post(f"/{_KIND}")
def add_objects(kind: str) -> Any:
    """Add one object, or a list of them, as if made in the dashboard; ?account= chooses whose."""
    body = _body(dict, list)
    many = body if isinstance(body, list) else [body]
    account = request.args.get("account", state().accounts.first)
    try:
        rows = _collection(kind).add(account, many)
    except sqlite3.IntegrityError:
        raise HttpError(409, "there already is an object with this id") from None
    return rows if isinstance(body, list) else rows[0]


@control.put(f"/{_KIND}/<id_>")
def edit_object(kind: str, id_: str) -> Any:
    """Change an object as if in the dashboard, also "reachable" of a runner's machine."""
    return _collection(kind).edit(id_, _body())


@control.delete(f"/{_KIND}/<id_>")
def remove_object(kind: str, id_: str) -> Any:
    """Remove an object as if in the dashboard."""
    _collection(kind).remove(id_)
    return {}


@control.get("/settings")
def get_settings() -> Any:
    """All switches."""
    return state().settings.as_json()


@control.patch("/settings")
def change_settings() -> Any:
    """Change some switches."""
    try:
        state().settings.change(_with_integers(_body()))
    except ValueError as error:
        raise Invalid(str(error)) from None
    return get_settings()


@control.get("/environment")
def get_environment() -> Any:
    """The environment variables that lead the provider to this emulator."""
    return {
        "COMFYCONTROL_API_URL": request.url_root.rstrip("/"),
        "COMFYCONTROL_API_TOKEN": state().accounts.first_token,
    }


@control.get("/clock")
def get_clock() -> Any:
    """The emulator's time."""
    clock = state().clock
    return {"time": clock.timestamp(fractions=True), "multiplier": clock.multiplier}


@control.post("/clock")
def change_clock() -> Any:
    """Advance the clock, or change its speed: {"advance": seconds, "multiplier": factor}."""
    change = _read(ClockChange)
    try:
        state().clock.advance(change.advance)
        if change.multiplier is not None:
            state().clock.multiplier = change.multiplier
    except ValueError as error:
        raise Invalid(str(error)) from None
    return get_clock()


@control.post("/tokens")
def change_tokens() -> Any:
    """{"add": token, "account": id, "tier": tier}, {"expire": token} or {"revoke": token}."""
    change = _read(TokenChange)
    accounts = state().accounts
    account = None
    if change.add is not None:
        account = accounts.add_token(change.add, change.account, change.tier)
    if change.expire is not None:
        accounts.expire_token(change.expire)
    if change.revoke is not None:
        accounts.revoke_token(change.revoke)
    return {"account": account}


@control.get("/faults")
def get_faults() -> Any:
    """The faults that are still to happen."""
    return [fault.as_json() for fault in state().faults.all()]


@control.post("/faults")
def add_fault() -> Any:
    """Order a fault: {"kind": kind, "method": pattern, "path": pattern, "times": count, …}."""
    body = _body()
    try:
        return state().order(Fault(**_with_integers(body))).as_json()
    except ValidationError as error:
        raise Invalid(f"the fault {sentence(error)}") from None


@control.delete("/faults")
def clear_faults() -> Any:
    """Cancel all faults."""
    state().faults.clear()
    return {}


def _body(*types: type) -> Any:
    """The request's JSON, by default an object; an empty body is an empty object."""
    data = request.get_data()
    if not data:
        return {}
    if not request.is_json:
        raise HttpError(
            415, "a request with a body needs the header Content-Type: application/json"
        )
    body = parse_json(data, _NO_JSON)
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError):  # nested too deeply, or a lone surrogate
        raise Invalid(_NO_JSON) from None
    if not isinstance(body, types or dict):
        raise Invalid("request body must be a JSON object")
    return body


def _read(model: type[B]) -> B:
    """The request's body as a model; raises Invalid."""
    try:
        return model.model_validate(_body())
    except ValidationError as error:
        raise Invalid(f"the body {sentence(error)}") from None


def _with_integers(value: Any) -> Any:
    """The value with 5.0 as 5, as JSON has one type of numbers."""
    if isinstance(value, dict):
        return {name: _with_integers(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _collection(kind: str) -> Collection:
    return state().collections[kind]
