"""The chain that each request passes, outermost first.

1. **retry** (``retry.py``): again after a failure, where that is safe
2. **quota** (``quota.py``): wait for this host's turn
3. **exchange** (``exchange.py``): send, and receive an answer
4. **answer** (``answer.py``): data, or an error
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception

from ..clock import SYSTEM_CLOCK, Clock
from ..config import Settings
from ..errors import ApiError, ComfyControlError, RateLimited
from ..progress import listener
from ..quota.permit import Permit
from ..quota.quota import Quota
from ..quota.shared import SharedQuota, quota_for
from .budget import budget
from .http import Exchange, Reply, Request
from .responses import interpret, retry_after
from .retry import may_retry, wait_before_next


class Transport:
    """Sends requests through the chain; may be shared by threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        quota: Quota | SharedQuota | None = None,
        clock: Clock = SYSTEM_CLOCK,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._quota = quota or quota_for(settings, clock)
        self._clock = clock
        self._jitter = jitter
        self._exchange = Exchange(settings, clock)
        #: The server's clock minus ours, in seconds, as of its latest answer that told it.
        self.clock_offset: float | None = None

    def send(self, request: Request, on_send: Callable[[], None] = lambda: None) -> Any:
        """Return what the answer means; raises a :class:`ComfyControlError`.

        ``on_send`` is called right before each time that the request leaves.
        """
        spent = budget()
        begun: list[float] = []
        deadline = math.inf
        in_line = 0.0
        rejected: Permit | None = None
        failures: list[ComfyControlError] = []

        def tell_of_quota(seconds: float) -> None:
            listener().status(f"waiting {seconds:.0f} s for the API's quota")

        def attempt() -> Any:
            nonlocal deadline, in_line, rejected
            asked = self._clock.monotonic()
            try:
                patience = deadline - asked if begun else None
                permit = self._quota.acquire(patience, tell_of_quota, rejected)
            except ComfyControlError:
                if not failures:
                    raise
                deadline = -math.inf  # no time is left for another attempt
                raise failures[-1] from None
            now = self._clock.monotonic()
            if begun:
                # A place in this host's own line is worth waiting for.
                in_line += now - asked - permit.closed
                deadline += now - asked - permit.closed
            else:
                begun.append(now)
                deadline = now + spent.left(self._settings.operation_timeout)
            try:
                return self._attempt(request, permit, on_send)
            except ComfyControlError as error:
                failures.append(error)
                rejected = permit if isinstance(error, RateLimited) else None
                raise

        def too_late(state: RetryCallState) -> bool:
            return self._clock.monotonic() + state.upcoming_sleep > deadline

        def tell_of_retry(state: RetryCallState) -> None:
            if state.upcoming_sleep >= 1:
                listener().status(
                    f"{_error(state).fault}; trying again in {state.upcoming_sleep:.0f} s"
                )

        retrying = Retrying(
            sleep=self._clock.sleep,
            retry=retry_if_exception(lambda error: may_retry(request, error)),
            wait=lambda state: wait_before_next(
                _error(state), state.attempt_number, self._jitter()
            ),
            stop=too_late,
            before_sleep=tell_of_retry,
            reraise=True,
        )
        try:
            return retrying(attempt)
        finally:
            if begun:
                spent.spend(self._clock.monotonic() - begun[0] - in_line)

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    def _attempt(self, request: Request, permit: Permit, on_send: Callable[[], None]) -> Any:
        try:
            on_send()
            response = self._exchange(request)
        finally:
            permit.release()
        now = self._clock.time()
        self._learn_clock(response, now)
        try:
            return interpret(request, response, self._settings, now)
        except RateLimited as error:
            permit.reject(error.cool_down)
            raise
        except ApiError as error:
            error.retry_after = retry_after(response, now)
            raise

    def _learn_clock(self, response: Reply, now: float) -> None:
        with suppress(TypeError, ValueError):
            server = parsedate_to_datetime(response.headers.get("Date", ""))
            self.clock_offset = server.timestamp() - now


def _error(state: RetryCallState) -> ComfyControlError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, ComfyControlError):
        raise TypeError(error)
    return error
