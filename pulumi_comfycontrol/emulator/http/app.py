"""The Flask application: /v1, /emulator, and the pages."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask, jsonify
from werkzeug.exceptions import HTTPException

from ..control.control import control
from ..control.pages import pages
from ..state.errors import NO_ROUTE, ApiError
from ..state.state import State
from .api import api
from .gate import install

#: Werkzeug parses its routes' code, which CPython 3.11 can't do in two threads at once: it may
#: raise "AST constructor recursion depth mismatch" (python/cpython#106905).
_parsing = threading.Lock()


def make_app(state: State) -> Flask:
    """Put the routes together for one emulator."""
    app = Flask("comfycontrol-emulator", static_folder=None)
    app.extensions["emulator"] = state
    app.config.update(
        MAX_FORM_MEMORY_SIZE=None,  # the gate has the documented limit
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    install(app)
    with _parsing:
        for blueprint in (api, control, pages):
            app.register_blueprint(blueprint)
    app.register_error_handler(Exception, _show)
    return app


def _show(error: Exception) -> Any:
    """Turn every error into the documented format."""
    if isinstance(error, ApiError):
        return jsonify(status=error.status, message=error.message), error.status
    if isinstance(error, HTTPException):
        status = error.code or 500
        message = NO_ROUTE if status == 404 else error.name.lower()  # noqa: PLR2004
        return jsonify(status=status, message=message), status
    raise error  # a bug: Flask writes the traceback and comes back with a 500
