"""The routes under /v1 [docs: api]."""

from __future__ import annotations

from flask import Blueprint

from .operations import operations


def make_api() -> Blueprint:
    """A blueprint with a route for each operation."""
    api = Blueprint("v1", __name__, url_prefix="/v1")
    for one in operations():
        api.add_url_rule(one.path, one.name, one.view, methods=[one.method])
    return api
