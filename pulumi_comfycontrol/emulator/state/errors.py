"""Errors for requests that the emulated account rejects; ``http`` maps each to a status.

Most texts are invented (A3).
"""

from __future__ import annotations


class Refused(Exception):
    """Rejected request, which has no effect; ``message`` is a sentence for the client."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(Refused):
    """Request whose fields break a rule."""


class MalformedId(Refused):
    """An id that no object can have [docs: api/errors]."""

    def __init__(self) -> None:
        super().__init__("invalid UUID format")


class Unauthorized(Refused):
    """A token that opens no account."""


class Forbidden(Refused):
    """An account whose tier does not allow the request."""


class NotFound(Refused):
    """No such object in the account [docs: runners/get]."""

    def __init__(self) -> None:
        super().__init__("requested entity not found")


class Gone(Refused):
    """An object that was removed, where the server remembers it (A28)."""

    def __init__(self) -> None:
        super().__init__("requested entity has been deleted")


class Unreachable(Refused):
    """A runner whose machine does not answer."""

    def __init__(self) -> None:
        super().__init__("runner is unreachable")
