"""Errors in the documented format [docs: api/errors]; most texts are invented (A3)."""

from __future__ import annotations

TOO_MANY = "Too many requests"
NO_ROUTE = "not found"


class ApiError(Exception):
    """An answer with an error status and ``{"status": …, "message": …}``."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad(message: str) -> ApiError:
    """400: a rule of the request's fields is broken."""
    return ApiError(400, message)


def not_found() -> ApiError:
    """404: no such object, or it belongs to somebody else [docs: runners/get]."""
    return ApiError(404, "requested entity not found")
