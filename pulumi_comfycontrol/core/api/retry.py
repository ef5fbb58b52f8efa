"""The retry policy: the failures after which a request is sent again, and the waits before it.

============================================  ===================  ======================
failure                                 GET, PUT, DELETE     POST
============================================  ===================  ======================
429                                           again, after the     again, after the
                                              host's cool-down     host's cool-down
refused connection, failed DNS or TLS         again                again
timeout, dropped connection, cut-off answer   again                never: it may have acted
408, and 500 to 599 but for 501 and 505       again                never: it may have acted
success that is not JSON                      again, but PUT is    never: it has acted
                                              verified by a GET
any other status                              never                never
============================================  ===================  ======================

The wait before attempt 2, 3, … is drawn from the upper half of 0.5, 1, 2, 4, 8, 10, 10, … s
(exponential backoff with equal jitter), or is the one of ``Retry-After`` if that is longer.
All requests of one operation together spend at most ``Settings.operation_timeout`` (120 s) on
attempts and on waits between them (``budget.py``). Waiting for other requests of this host does
not count, and nor do cool-downs before a request's first attempt. Where nothing has ever listened
on this very machine, they spend at most 3 s; a server that is gone may be restarting.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from ..clock import Clock
from ..errors import ApiError, BadAnswer, ComfyControlError, NoAnswer, QuotaClosed, RateLimited
from ..progress import listener, until
from .request import Link, Request, Sending

_TIMEOUT = 408
#: The API documents 500 and 503; a proxy before it answers with others too, up to 530.
_SERVER_ERRORS = range(500, 600)
_FINAL = frozenset({501, 505})
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 10.0
#: Seconds in which a server on this machine may still be starting.
_LOCAL = 3.0


def may_retry(request: Request, error: BaseException) -> bool:
    """Whether sending ``request`` again after ``error`` is safe and may help."""
    if isinstance(error, RateLimited):
        return True
    if isinstance(error, NoAnswer) and error.executed is False:
        return True
    if isinstance(error, ApiError) and error.status in _FINAL:
        return False
    if request.method == "PUT" and isinstance(error, BadAnswer):
        return False
    return request.repeatable and maybe_executed(error)


def maybe_executed(error: BaseException) -> bool:
    """Whether the request may have been carried out although no usable answer came."""
    if isinstance(error, NoAnswer):
        return error.executed is None
    if isinstance(error, ApiError):
        return error.status == _TIMEOUT or error.status in _SERVER_ERRORS
    return isinstance(error, BadAnswer)


def backoff(attempt: int, jitter: float) -> float:
    """Return the wait after ``attempt`` (1, 2, …) in seconds; ``jitter`` is between 0 and 1."""
    wait = min(_FIRST_WAIT * 2 ** min(attempt - 1, 16), _LONGEST_WAIT)
    return float(wait * (1 + jitter) / 2)


def wait_before_next(error: ComfyControlError, attempt: int, jitter: float) -> float:
    """Return the wait after ``error`` in seconds; 0 for a 429, after which the quota waits."""
    if isinstance(error, RateLimited):
        return 0.0
    asked = error.retry_after if isinstance(error, ApiError) else 0.0
    return max(backoff(attempt, jitter), asked)


class Retry:
    """The chain's outermost link: repeats a failed request where that is safe and may help."""

    def __init__(
        self, next_: Link, operation_timeout: float, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        self._next = next_
        self._timeout = operation_timeout
        self._clock = clock
        self._jitter = jitter
        #: Whether anything has listened at the API's address.
        self._reached = False

    def send(self, sending: Sending) -> Any:
        """See :class:`~.request.Link`; raises the last attempt's error."""
        failure: ComfyControlError | None = None
        maybe_done = False
        for attempt in itertools.count(1):
            try:
                answer = self._next.send(sending)
            except QuotaClosed as error:
                # The previous attempt's error says more than that no time is left for another one.
                raise failure or error from None
            except ComfyControlError as error:
                failure = error
            else:
                self._reached = True
                return answer
            if isinstance(failure, ApiError):
                failure.is_repeated = maybe_done
            maybe_done = maybe_done or maybe_executed(failure)
            left = sending.budget.left(self._timeout_after(failure))
            wait = wait_before_next(failure, attempt, self._jitter())
            if wait > left or not may_retry(sending.request, failure):
                raise failure
            self._wait(wait, failure)
            sending.budget.spend(wait)
            sending.patience = left - wait
        raise AssertionError  # the loop has no other end

    def _timeout_after(self, error: ComfyControlError) -> float:
        """Return the budget in seconds; short where nothing has listened on this very machine."""
        nobody_listens = isinstance(error, NoAnswer) and error.nobody_listens
        self._reached = self._reached or not nobody_listens
        return self._timeout if self._reached else min(self._timeout, _LOCAL)

    def _wait(self, seconds: float, error: ComfyControlError) -> None:
        shown = seconds >= 1
        if shown:
            listener().status(until(self._clock.time() + seconds, f"again after {error.fault}"))
        try:
            self._clock.sleep(seconds)
        finally:
            if shown:
                listener().clear()
