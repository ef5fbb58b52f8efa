"""The operations under /v1, derived from the registry of kinds; routes and OpenAPI use them.

Workflows are not emulated: their paths answer 404.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Response, g, request

from ..state.collection import Collection
from ..state.errors import Invalid
from ..state.json_text import RawJson, dumps
from ..state.kinds import KINDS
from ..state.rules import parse_json
from ..state.stats import check_reachable, stats_of
from .context import state
from .errors import NO_ROUTE, HttpError


@dataclass(frozen=True)
class Operation:
    """A method of a path; ``path`` is below /v1, with ``<id_>`` for an object's id.

    ``takes`` and ``gives`` are names of schemas, empty for no body; ``kind`` is a key of
    :data:`~..state.kinds.KINDS`, empty for the account's own operations.
    """

    name: str
    method: str
    path: str
    summary: str
    view: Callable[..., Any]
    takes: str = ""
    gives: str = ""
    kind: str = ""


def operations() -> list[Operation]:
    """All operations, those of a kind together."""
    found = [Operation("get_user", "GET", "/user", "The token's owner", _get_user, "", "User")]
    for name, kind in KINDS.items():
        found += _operations_of(name, kind)
    return found


def _operations_of(name: str, kind: type[Collection]) -> list[Operation]:
    path, schema, word = f"/{kind.kind}", schema_of(kind.kind), kind.kind.replace("-", " ")
    one, many = kind.kind.replace("-", "_"), name.replace("-", "_")
    by_id = f"{path}/<id_>"
    new, change, page = f"New{schema}", f"{schema}Change", f"{schema}Page"
    machine = f"the machine of a {word}"
    found = [
        Operation(f"list_{many}", "GET", path, f"List {word}s, newest first", _list, "", page),
        Operation(f"get_{one}", "GET", by_id, f"Return a {word}", _get, "", schema),
    ]
    if kind.fields:
        changed = f"Change the fields of a {word} that are given"
        removed = f"Remove a {word} (not documented, A28)"
        found += [
            Operation(f"create_{one}", "POST", path, f"Add a {word}", _create, new, schema),
            Operation(f"update_{one}", "PUT", by_id, changed, _update, change, schema),
            Operation(f"delete_{one}", "DELETE", by_id, removed, _delete),
        ]
    if kind.has_machine:
        asked, stats = f"Ask {machine} for its figures", f"{by_id}/stats"
        found.append(Operation(f"get_{one}_stats", "GET", stats, asked, _stats, "", "Stats"))
    if kind.can_interrupt:
        stopped, interrupt = f"Stop the current work of {machine}", f"{by_id}/interrupt"
        found.append(Operation(f"interrupt_{one}", "POST", interrupt, stopped, _interrupt))
    return [replace(one, view=partial(one.view, name), kind=name) for one in found]


def schema_of(kind: str) -> str:
    """The name of a kind's schema."""
    return "".join(map(str.capitalize, kind.split("-")))


# The views; ``name`` is a key of KINDS.


def _get_user() -> Any:
    settings = state().settings
    user = {
        "id": g.account.id,
        "name": "Local User",
        "email": "user@example.com",
        "deleted": False,
        "tier": g.account.tier or settings.tier,
        "provider": "github",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }
    if settings.omit_optional:
        del user["provider"]
    return user


def _list(name: str) -> Any:
    return _json(_collection(name).page(g.account, request.args.to_dict()))


def _get(name: str, id_: str) -> Any:
    objects = _collection(name)
    return _json(objects.shown(objects.get(g.account, id_)))


def _create(name: str) -> Any:
    objects = _collection(name)
    row = objects.create(g.account, _given(objects))
    return _json(objects.shown(row), state().settings.create_status)


def _update(name: str, id_: str) -> Any:
    objects = _collection(name)
    change = objects.update(g.account, id_, _given(objects))
    form = state().settings.put_answer
    if form == "empty":
        return _no_body(200)
    shown = objects.shown(change.before if form == "stale" else change.after)
    return _json({"id": shown["id"]} if form == "thin" else shown)


def _delete(name: str, id_: str) -> Any:
    mode = state().settings.delete
    if mode == "no-route":
        raise HttpError(404, NO_ROUTE)
    if mode in {"405", "501"}:
        message = {"405": "method not allowed", "501": "not implemented"}[mode]
        raise HttpError(int(mode), message, {"Allow": "GET, HEAD, PUT"})
    _collection(name).delete(g.account, id_)
    return _no_body({"204": 204, "202-later": 202}.get(mode, 200))


def _stats(name: str, id_: str) -> Any:
    return stats_of(_collection(name).get(g.account, id_))


def _interrupt(name: str, id_: str) -> Any:
    check_reachable(_collection(name).get(g.account, id_))
    return _no_body(200)


def _collection(name: str) -> Collection:
    return state().collections[name]


def _given(objects: Collection) -> dict[str, Any]:
    """The fields in the request's body, which is a form where one of them is a file."""
    files = [name for name, one in objects.fields.items() if one.is_file]
    if files:
        return _form(files)
    body = parse_json(request.get_data(), "request body is not valid JSON")
    if not isinstance(body, dict):
        raise Invalid("request body must be a JSON object")
    return body


def _form(files: list[str]) -> dict[str, Any]:
    if request.mimetype != "multipart/form-data":
        raise Invalid("request must be multipart/form-data")  # A22
    given: dict[str, Any] = request.form.to_dict()
    for name in files:
        if name in request.files:
            given[name] = request.files[name].read()
        elif name in given:
            raise Invalid(f"{name} must be a file")
    return given


def _json(value: Any, status: int = 200) -> Response:
    has_text = isinstance(value, dict) and any(isinstance(v, RawJson) for v in value.values())
    text = dumps(value) if has_text else json.dumps(value)
    return Response(f"{text}\n", status, mimetype="application/json")


def _no_body(status: int) -> Response:
    response = Response(b"", status)
    response.headers.pop("Content-Type")
    return response
