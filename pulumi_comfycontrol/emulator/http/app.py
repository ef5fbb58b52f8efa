"""The Flask application: /v1, /emulator, and the pages."""

from __future__ import annotations

import threading

from flask import Flask

from ..control.control import control
from ..control.pages import pages
from ..state.state import State
from .api import make_api
from .errors import error_response
from .gate import install

#: Werkzeug parses its routes' code, which CPython 3.11 can't do in two threads at once: it may
#: raise "AST constructor recursion depth mismatch" (python/cpython#106905).
_parsing = threading.Lock()


def make_app(state: State) -> Flask:
    """An application for one emulator."""
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
        for blueprint in (make_api(), control, pages):
            app.register_blueprint(blueprint)
    app.register_error_handler(Exception, error_response)
    return app
