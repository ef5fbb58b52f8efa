"""The Flask application: /v1, /emulator, and the pages."""

from __future__ import annotations

from flask import Flask

from .api import api, show_error
from .control import control
from .pages import pages
from .state import State


def make_app(state: State) -> Flask:
    """Put the routes together for one emulator."""
    app = Flask("comfycontrol-emulator", static_folder=None)
    app.extensions["emulator"] = state
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (api, control, pages):
        app.register_blueprint(blueprint)
    app.register_error_handler(Exception, show_error)
    return app
