"""Every error that this package raises on purpose; each reads as one complete sentence.

::

    ComfyControlError
    ├── ConfigError        the token, the URL or a limit is missing or unusable
    ├── ApiError           the API answered with an error status
    │   ├── NotFound       the documented 404 for the very object that was asked for
    │   └── RateLimited    429: not executed (A2)
    ├── NoAnswer           the request failed on its way; ``executed`` says what is known
    │   └── QuotaClosed    the quota gave no permit within the operation's time; nothing was sent
    ├── BadAnswer          an answer came that is not what the documentation describes
    └── ResourceError      the answers are plain, but what was asked for can't be done
"""

from __future__ import annotations

#: The advice on what the documented API would not answer.
NOT_THE_API = "check that the API URL in the settings is the address of the API, then try again"


class ComfyControlError(Exception):
    """The base class.

    ``fault`` says what failed and ``advice`` what to do next, both without a full stop;
    ``action`` ("creating runner 'gpu'") is added where the resource is known.
    """

    def __init__(self, fault: str, advice: str = "", action: str = "") -> None:
        self.fault = fault
        self.advice = advice
        self.action = action
        super().__init__(fault, advice, action)

    def while_doing(self, action: str) -> ComfyControlError:
        """Name the operation that failed, unless an inner one is named already."""
        self.action = self.action or action
        return self

    def __str__(self) -> str:
        sentence = f"{self.action} failed: {self.fault}" if self.action else self.fault
        if self.advice:
            sentence = f"{sentence}; {self.advice}"
        return f"{sentence[:1].upper()}{sentence[1:]}."


class ConfigError(ComfyControlError):
    """The settings don't allow a request; none was sent."""


class ApiError(ComfyControlError):
    """The API answered ``status``; ``message`` is its own text, or a summary of another body."""

    def __init__(self, method: str, path: str, status: int, message: str, advice: str = "") -> None:
        self.status = status
        self.message = message
        #: Whether an earlier attempt of the same request may have been carried out.
        self.is_repeated = False
        #: Whether the body may be the API's: JSON of any format, or empty.
        self.is_api_like = False
        #: Seconds that the answer asked to wait before another try.
        self.retry_after = 0.0
        said = f', "{message}"' if message else " without a message"
        super().__init__(f"{method} {path} answered {status}{said}", advice)


class NotFound(ApiError):
    """404 or 410 in the documented error format: no object of this account has the id."""


class RateLimited(ApiError):
    """429; ``cool_down`` is how long nothing may be sent, in seconds."""

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
    """No usable answer came.

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
    """No permit came within the time that the operation had left for cool-downs."""

    def __init__(self) -> None:
        super().__init__(
            "the API refuses this host's requests (429), and time is over",
            "something else behind the same address is using up its quota, so try again later",
            executed=False,
        )


class BadAnswer(ComfyControlError):
    """A success status with a body that can't be used: endless, not JSON, fields missing."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault, NOT_THE_API)


class ResourceError(ComfyControlError):
    """The object is not in a state in which the operation can be done."""
