"""The routes under /v1 [docs: api]. Workflows are not emulated: their paths answer 404."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from ..state.errors import bad
from ..state.rules import parse_json
from ..state.stats import check_reachable, stats_of
from ..state.templates import Form
from .gate import state

api = Blueprint("v1", __name__, url_prefix="/v1")


@api.get("/user")
def get_user() -> Any:
    """The token's owner."""
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


@api.post("/runner")
def create_runner() -> Any:
    """Register a runner."""
    runners = state().runners
    return runners.shown(runners.create(g.account, _json())), state().settings.create_status


@api.get("/runner")
def list_runners() -> Any:
    """List runners, newest first."""
    return state().runners.page(g.account, request.args.to_dict())


@api.get("/runner/<id_>")
def get_runner(id_: str) -> Any:
    """Return a runner."""
    return state().runners.shown(state().runners.get(g.account, id_))


@api.put("/runner/<id_>")
def update_runner(id_: str) -> Any:
    """Change the fields of a runner that are given."""
    return state().runners.shown(state().runners.update(g.account, id_, _json()))


@api.delete("/runner/<id_>")
def delete_runner(id_: str) -> Any:
    """Remove a runner (not documented, A28)."""
    state().runners.delete(g.account, id_)
    return _deleted()


@api.get("/runner/<id_>/stats")
def get_runner_stats(id_: str) -> Any:
    """Ask a runner's machine how it is."""
    return stats_of(state().runners.get(g.account, id_))


@api.post("/runner/<id_>/interrupt")
def interrupt_runner(id_: str) -> Any:
    """Stop what a runner's machine is doing."""
    check_reachable(state().runners.get(g.account, id_))
    return _nothing(200)


@api.get("/managed-runner")
def list_managed_runners() -> Any:
    """List the managed runners that the tier sees."""
    return state().managed.page(g.account, request.args.to_dict())


@api.get("/managed-runner/<id_>")
def get_managed_runner(id_: str) -> Any:
    """Return a managed runner."""
    return state().managed.shown(state().managed.get(g.account, id_))


@api.get("/managed-runner/<id_>/stats")
def get_managed_runner_stats(id_: str) -> Any:
    """Ask a managed runner's machine how it is."""
    return stats_of(state().managed.get(g.account, id_))


@api.post("/template")
def create_template() -> Any:
    """Save a template."""
    templates = state().templates
    row = templates.create(g.account, _form())
    return _text(templates.shown(row), state().settings.create_status)


@api.get("/template")
def list_templates() -> Any:
    """List templates without their bodies, newest first."""
    return state().templates.page(g.account, request.args.to_dict())


@api.get("/template/<id_>")
def get_template(id_: str) -> Any:
    """Return a template with its body."""
    return _text(state().templates.shown(state().templates.get(g.account, id_)))


@api.put("/template/<id_>")
def update_template(id_: str) -> Any:
    """Change the parts of a template that are given."""
    return _text(state().templates.shown(state().templates.update(g.account, id_, _form())))


@api.delete("/template/<id_>")
def delete_template(id_: str) -> Any:
    """Remove a template (not documented, A28)."""
    state().templates.delete(g.account, id_)
    return _deleted()


def _json() -> Any:
    return parse_json(request.get_data(), "request body is not valid JSON")


def _form() -> Form:
    if request.mimetype != "multipart/form-data":
        raise bad("request must be multipart/form-data")  # A22
    files = {name: file.read() for name, file in request.files.items()}
    return Form(request.form.to_dict(), files)


def _deleted() -> Response:
    return _nothing({"204": 204, "202-later": 202}.get(state().settings.delete, 200))


def _nothing(status: int) -> Response:
    response = Response(b"", status)
    response.headers.pop("Content-Type")
    return response


def _text(json_text: str, status: int = 200) -> Response:
    return Response(json_text + "\n", status, mimetype="application/json")
