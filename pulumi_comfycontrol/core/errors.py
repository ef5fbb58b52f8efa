"""Errors that this package raises on purpose; each reads as one complete sentence.

::

    ComfyControlError
    ├── ConfigError        the token, the URL or a limit is missing or unusable
    ├── ApiError           the API answered with an error status
    │   ├── NotFound       the documented 404 for the requested object itself
    │   └── RateLimited    429: not executed (A2)
    ├── NoAnswer           the request failed on its way; perhaps ``executed``
    │   └── QuotaClosed    the quota gave no permit within the operation's time; nothing was sent
    ├── BadAnswer          an answer that contradicts the documentation
    └── ResourceError      the object's state does not allow the operation
"""

from __future__ import annotations

#: The advice for answers that contradict the API's documentation.
NOT_THE_API = "check that the API URL in the settings is the address of the API, then try again"


class ComfyControlError(Exception):
    """Base class of the errors.

    ``fault`` is the failure and ``advice`` the next step, both as clauses without a full stop;
    ``action`` ("creating runner 'gpu'") is added where the resource is known.
    """

    def __init__(self, fault: str, advice: str, action: str = "") -> None:
        self.fault = fault
        self.advice = advice
        self.action = action
        super().__init__(fault, advice, action)

    def while_doing(self, action: str) -> ComfyControlError:
        """Name the operation that failed, unless an inner one is named already."""
        self.action = self.action or action
        return self

    def __str__(self) -> str:
        fault = f"{self.action} failed: {self.fault}" if self.action else self.fault
        return f"{fault[:1].upper()}{fault[1:]}; {self.advice}."


class ConfigError(ComfyControlError):
    """Unusable settings; no request was sent."""


class ApiError(ComfyControlError):
    """Answer with an error ``status``; ``message`` is the API's text, or a summary of the body."""

    def __init__(self, method: str, path: str, status: int, message: str, advice: str) -> None:
        self.status = status
        self.message = message
        #: Whether an earlier attempt of the same request may have been carried out.
        self.is_repeated = False
        #: Whether the body may be the API's: JSON of any format, or empty.
        self.is_api_like = False
        #: The wait before another attempt that the answer asked for, in seconds.
        self.retry_after = 0.0
        said = f', "{message}"' if message else " without a message"
        super().__init__(f"{method} {path} answered {status}{said}", advice)


class NotFound(ApiError):
    """404 or 410 in the documented error format: no object of this account has the id."""


class RateLimited(ApiError):
    """429; ``cool_down`` is the time in which nothing may be sent, in seconds."""

    def __init__(self, method: str, path: str, message: str, cool_down: float) -> None:
        self.cool_down = cool_down
        super().__init__(
            method,
            path,
            429,
            message,
            "something else behind the same address is using up the quota, so try again later",
        )


class NoAnswer(ComfyControlError):
    """Missing answer: the request failed on its way.

    ``executed`` is False when the request certainly did not reach the API's code (refused
    connection, failed DNS or TLS), and None when that can't be known. ``nobody_listens`` is True
    when this very machine refused the connection.
    """

    def __init__(
        self, fault: str, advice: str, *, executed: bool | None, nobody_listens: bool = False
    ) -> None:
        self.executed = executed
        self.nobody_listens = nobody_listens
        super().__init__(fault, advice)


class QuotaClosed(NoAnswer):
    """Missing permit: the cool-downs take longer than the operation's remaining time."""

    def __init__(self) -> None:
        super().__init__(
            "the API refuses this host's requests (429), and time is over",
            "something else behind the same address is using up its quota, so try again later",
            executed=False,
        )


class BadAnswer(ComfyControlError):
    """Success with an unusable body: endless, not JSON, or without documented fields."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault, NOT_THE_API)


class ResourceError(ComfyControlError):
    """Operation that the object's state, as the API shows it, does not allow."""
