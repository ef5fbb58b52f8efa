"""The control API under /emulator: for tests and for the curious, apart from /v1.

It takes no token, is not limited and not recorded; it answers 400 with a sentence to nonsense.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from .api import state
from .errors import bad, not_found
from .faults import Fault
from .runners import FIELDS, KIND

control = Blueprint("emulator", __name__, url_prefix="/emulator")
_EDITABLE = {*FIELDS, "id", "created_at", "updated_at"}


@control.post("/reset")
def reset() -> Any:
    """Remove all objects, faults and requests, and restore the settings."""
    emulator = state()
    emulator.store.clear(KIND)
    emulator.runners.unreachable.clear()
    emulator.faults.clear()
    emulator.recorder.clear()
    emulator.limit.reset()
    emulator.settings.restore()
    return {}


@control.get("/requests")
def get_requests() -> Any:
    """Every request to /v1 since the last reset, with its time."""
    return state().recorder.as_json()


@control.delete("/requests")
def clear_requests() -> Any:
    """Forget the requests."""
    state().recorder.clear()
    return {}


@control.get("/requests/summary")
def get_summary() -> Any:
    """Count the requests, and the most within any window."""
    return state().recorder.summary(state().settings.rate_window)


@control.get("/runners")
def get_runners() -> Any:
    """All runners of all accounts, newest first, on one page."""
    return state().store.all(KIND)


@control.post("/runners")
def add_runners() -> Any:
    """Add one runner, or a list of them, as if made in the dashboard."""
    body = request.get_json()
    wanted = body if isinstance(body, list) else [body]
    emulator = state()
    account = request.args.get("account", emulator.account)
    rows = [emulator.runners.new(account, _fields(one)) for one in wanted]
    emulator.store.add(KIND, account, rows)
    return rows if isinstance(body, list) else rows[0]


@control.put("/runners/<id_>")
def edit_runner(id_: str) -> Any:
    """Change a runner as if in the dashboard."""
    emulator = state()
    row = emulator.store.get(KIND, id_)
    if row is None:
        raise not_found()
    row = row | {"updated_at": emulator.clock.timestamp()} | _fields(request.get_json())
    emulator.store.put(KIND, row)
    return row


@control.delete("/runners/<id_>")
def remove_runner(id_: str) -> Any:
    """Remove a runner as if in the dashboard."""
    if not state().store.remove(KIND, id_):
        raise not_found()
    return {}


@control.post("/runners/<id_>/reachable")
def set_reachable(id_: str) -> Any:
    """Say whether a runner's machine answers: {"reachable": false}."""
    unreachable = state().runners.unreachable
    (unreachable.discard if request.get_json().get("reachable", True) else unreachable.add)(id_)
    return {}


@control.get("/settings")
def get_settings() -> Any:
    """All switches."""
    return asdict(state().settings)


@control.patch("/settings")
def change_settings() -> Any:
    """Change some switches."""
    try:
        state().settings.change(request.get_json())
    except ValueError as error:
        raise bad(str(error)) from None
    state().limit.reset()
    return get_settings()


@control.post("/clock")
def advance_clock() -> Any:
    """Let time pass at once: {"advance": seconds}."""
    state().clock.advance(float(request.get_json()["advance"]))
    return {"time": state().clock.timestamp(fractions=True)}


@control.post("/tokens")
def change_tokens() -> Any:
    """{"add": token[, "account": id]}, {"expire": token} or {"revoke": token}."""
    body = request.get_json()
    store = state().store
    account = None
    if "add" in body:
        account = store.add_token(body["add"], body.get("account"))
    if "expire" in body:
        store.expire_token(body["expire"])
    if "revoke" in body:
        store.revoke_token(body["revoke"])
    return {"account": account}


@control.get("/faults")
def get_faults() -> Any:
    """The faults that are still to happen."""
    return state().faults.as_json()


@control.post("/faults")
def add_fault() -> Any:
    """Order a fault: {"kind": …, "method": …, "path": …, "times": …, …}."""
    body = request.get_json()
    body.pop("function", None)
    try:
        fault = state().faults.add(Fault(**body))
    except (TypeError, ValueError) as error:
        raise bad(str(error)) from None
    return asdict(fault)


@control.delete("/faults")
def clear_faults() -> Any:
    """Cancel all faults."""
    state().faults.clear(int(request.args.get("seed", 0)))
    return {}


def _fields(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not body.keys() <= _EDITABLE:
        raise bad(f"a runner is an object with some of {', '.join(sorted(_EDITABLE))}")
    return body
