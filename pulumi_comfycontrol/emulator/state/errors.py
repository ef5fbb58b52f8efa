"""Requests that the emulated account refuses; ``http`` gives each class its status.

Most texts are invented (A3).
"""

from __future__ import annotations


class Refused(Exception):
    """A request that is not carried out; ``message`` is a sentence for the client."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(Refused):
    """A rule of the request's fields is broken."""


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
