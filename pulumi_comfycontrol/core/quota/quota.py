"""The quota: permits to send requests, issued in the order of a line.

The API takes 40 requests in any 10 s from one address, and a 429 costs 10 s for everybody behind
it [docs: api/authentication]. Requests wait in one line: the processes take turns, and each of
them sends in the order in which it asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress

from ..clock import SYSTEM_CLOCK, Clock
from ..errors import QuotaClosed
from ..storage.database import Database, StorageError
from .line import Line, Look
from .permit import Permit
from .window import MARGIN, Pace


class Quota:
    """A sliding window of ``limit`` requests in ``window`` seconds; may be shared by threads."""

    def __init__(
        self,
        database: Database,
        line: str = "",
        limit: int = 40,
        window: float = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._line = Line(line, Pace(limit, window + MARGIN))
        self._name = f"line {line}"
        self._clock = clock
        self._process = uuid.uuid4().hex

    def acquire(
        self,
        patience: float | None = None,
        on_wait: Callable[[float], None] = lambda _seconds: None,
        rejected: Permit | None = None,
    ) -> Permit:
        """Block until a request may be sent, and return its permit.

        ``rejected`` is the permit of a request that is sent again after a 429. ``on_wait`` is
        called with the minimum of the wait in seconds, if it is a second or more, and again if it
        grows. Raises :class:`QuotaClosed` when cool-downs take more than ``patience`` seconds of
        the wait; the request then does not count.
        """
        told = float("-inf")
        look = first = self._look(rejected.number if rejected else None)
        try:
            while True:
                closed = look.cool_down.closed_since(first.cool_down, first.now)
                if patience is not None and closed > patience:
                    raise QuotaClosed
                if look.wait <= 0:
                    return Permit(self, look.number, closed)
                turn = look.now + look.wait
                if look.wait >= 1 and turn >= told + 1:
                    on_wait(look.wait)
                    told = turn
                self._clock.sleep(look.nap)
                look = self._look(look.number)
        except BaseException:
            with suppress(StorageError):
                self._database.transact(
                    lambda rows: self._line.give_up(rows, look.number), self._name
                )
            raise

    def release(self, number: int) -> None:
        """See :class:`Permit`. A slot that can't be released is free after 15 s and one window."""
        with suppress(StorageError):
            self._database.transact(lambda rows: self._line.release(rows, number))

    def reject(self, number: int, seconds: float) -> None:
        """See :class:`Permit`."""
        with suppress(StorageError):
            self._database.transact(
                lambda rows: self._line.reject(rows, number, seconds), self._name
            )

    def _look(self, number: int | None) -> Look:
        return self._database.transact(
            lambda rows: self._line.look(rows, self._process, number), self._name
        )
