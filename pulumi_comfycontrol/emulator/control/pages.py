"""The pages for browsers: the emulator's state, and its API. They load nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from .openapi import describe

pages = Blueprint("pages", __name__, static_folder="site", static_url_path="/site")


@pages.get("/")
def home() -> Response:
    """The page that shows and changes the emulator's state."""
    return pages.send_static_file("index.html")


@pages.get("/docs")
def docs() -> Response:
    """The page that shows the API, and sends requests."""
    return pages.send_static_file("docs.html")


@pages.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """The API as a document for machines."""
    return describe(current_app, request.url_root.rstrip("/"))


@pages.after_request
def secure(response: Response) -> Response:
    """Keep other sites out of the pages, and the pages at the emulator."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    return response
