"""Errors as HTTP responses, in the documented format [docs: api/errors]."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from ..state import errors
from ..state.settings import Settings

NO_ROUTE = "not found"
HTML = (
    "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
)

_STATUSES: dict[type[errors.Refused], int] = {
    errors.Invalid: 400,
    errors.MalformedId: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Unreachable: 500,
}


class HttpError(Exception):
    """Error answer that comes from HTTP itself, not from the emulated account."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def error_response(error: Exception) -> Response:
    """The response for an error; other exceptions are raised again, so that Flask shows the bug."""
    if isinstance(error, HttpError):
        return _response(error.status, error.message, error.headers)
    if isinstance(error, errors.Refused):
        settings: Settings = current_app.extensions["emulator"].settings
        if isinstance(error, errors.NotFound) and request.path.startswith("/v1/"):
            return _not_found(error.message, settings.not_found_body)
        status = _STATUSES[type(error)]
        if isinstance(error, errors.MalformedId):
            status = settings.malformed_id_status
        return _response(status, error.message)
    if isinstance(error, HTTPException):
        status = error.code or 500
        message = NO_ROUTE if status == 404 else error.name.lower()  # noqa: PLR2004
        headers = {name: one for name, one in error.get_headers() if name == "Allow"}
        return _response(status, message, headers)
    raise error


def _response(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    response = jsonify(status=status, message=message)
    response.status_code = status
    response.headers.update(headers or {})
    return response


def _not_found(message: str, form: str) -> Response:
    """The 404 for an id, in one of the forms of the setting ``not_found_body`` (A35)."""
    bodies: dict[str, Any] = {
        "documented": lambda: jsonify(status=404, message=message),
        "error-object": lambda: jsonify(error={"code": "not_found", "detail": message}),
        "html": lambda: Response(HTML.format(title="404 Not Found")),
        "empty": lambda: Response(b""),
    }
    response: Response = bodies[form]()
    response.status_code = 404
    return response
