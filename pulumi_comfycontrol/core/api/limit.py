"""The chain's link that waits for the quota's permit before each attempt."""

from __future__ import annotations

from typing import Any

from ..clock import Clock
from ..errors import RateLimited
from ..progress import listener, until
from ..quota.permit import Permit
from ..quota.quota import Quota
from ..quota.shared import SharedQuota
from .request import Link, Sending


class Limit:
    """The link that acquires a permit for an attempt, and releases or rejects it afterwards.

    The operation's budget pays for the duration of each attempt and, from the second attempt on,
    for the cool-downs before it. Waiting for other requests of this host costs no budget.
    """

    def __init__(self, next_: Link, quota: Quota | SharedQuota, clock: Clock) -> None:
        self._next = next_
        self._quota = quota
        self._clock = clock

    def send(self, sending: Sending) -> Any:
        """See :class:`~.request.Link`; raises ``QuotaClosed`` when the budget is spent."""
        permit = self._acquire(sending)
        if sending.patience is not None:
            sending.budget.spend(permit.closed)
        begun = self._clock.monotonic()
        sending.rejected = None
        try:
            sending.on_send()
            answer = self._next.send(sending)
        except RateLimited as error:
            permit.release()
            permit.reject(error.cool_down)
            sending.rejected = permit
            raise
        except BaseException:
            permit.release()
            raise
        finally:
            sending.budget.spend(self._clock.monotonic() - begun)
        permit.release()
        return answer

    def _acquire(self, sending: Sending) -> Permit:
        wait = _Wait(self._clock)
        try:
            return self._quota.acquire(sending.patience, wait.begins, sending.rejected)
        finally:
            wait.ends()


class _Wait:
    """The status line of one wait for a permit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shown = False

    def begins(self, seconds: float) -> None:
        listener().status(until(self._clock.time() + seconds, "API quota"))
        self._shown = True

    def ends(self) -> None:
        if self._shown:
            listener().clear()
