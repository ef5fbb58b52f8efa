"""A line: ``core/quota/quota.py`` without its database, where waiting requests are called.

It is the line of one host, or, with a store, that of all hosts.

When a request may leave, what follows a 429, and who comes before whom is computed by
``core/quota/window.py``.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

import simpy

from pulumi_comfycontrol.core.errors import NoAnswer
from pulumi_comfycontrol.core.quota.permit import Permit
from pulumi_comfycontrol.core.quota.window import LOST, MARGIN, CoolDown, Pace, rank

from .virtual import Time


@dataclass(order=True, slots=True)
class _Place:
    """Where a request waits; it is called with True, or with False when it has to give up."""

    rank: int
    number: int
    called: simpy.Event = field(compare=False)
    #: It gives up when all cool-downs together have taken more seconds than this.
    most: float = field(compare=False)


class Host:
    """The quota of all processes of one host."""

    def __init__(self, time: Time, limit: int, window: float) -> None:
        self._time = time
        self._pace = Pace(limit, window + MARGIN)
        self._cool_down = CoolDown()
        self._served = 0
        self._last = 0
        self._ranks: dict[int, int] = {}
        self._sent: dict[int, tuple[float, float | None]] = {}
        self._line: list[_Place] = []
        self._next_look = math.inf

    def place(self, own: int) -> tuple[int, int]:
        """Return the number and the rank of a process's next request, ``own`` being its latest."""
        self._last += 1
        self._ranks[self._last] = rank(self._served, own)
        return self._last, self._ranks[self._last]

    def acquire(self, number: int, patience: float | None) -> float:
        """Wait for a request's turn; returns how many seconds of that were cool-downs."""
        asked, before = self._time.monotonic(), self._cool_down
        most = math.inf
        if patience is not None:
            most = before.total + patience - before.closed_since(before, asked)
        if before.total > most:
            raise _too_late()
        place = _Place(self._ranks[number], number, self._time.event(), most)
        insort(self._line, place)
        if self._line[0] is place:
            self._serve()
        self._time.wait(place.called)
        if not place.called.value:
            raise _too_late()
        return self._cool_down.closed_since(before, asked)

    def release(self, number: int) -> None:
        """See ``Permit.release``."""
        sent, _ = self._sent[number]
        self._sent[number] = (sent, self._time.monotonic())

    def reject(self, number: int, seconds: float) -> None:
        """See ``Permit.reject``."""
        del self._sent[number]
        self._cool_down = self._cool_down.after_429(self._time.monotonic(), seconds)
        for place in [one for one in self._line if self._cool_down.total > one.most]:
            self._line.remove(place)
            place.called.succeed(False)

    def _serve(self) -> None:
        """Call whose turn it is, and look again when it is the next one's."""
        now = self._time.monotonic()
        while self._line:
            turn = self._turn(now)
            if turn > now:
                self._look_again(now, turn)
                return
            place = self._line.pop(0)
            self._served = max(self._served, place.rank)
            self._sent[place.number] = (now, None)
            place.called.succeed(True)

    def _turn(self, now: float) -> float:
        """Return when the first in the line may leave."""
        pace = self._pace.halved(self._cool_down.halvings_left(now))
        for number, (sent, answered) in list(islice(self._sent.items(), 2)):
            if (sent + LOST if answered is None else answered) <= now - pace.window:
                del self._sent[number]
                del self._ranks[number]
        return pace.turn(now, self._sent.values(), 0, self._cool_down.until)

    def _look_again(self, now: float, at: float) -> None:
        if now < self._next_look <= at:
            return
        self._next_look = at

        def look(_: simpy.Event) -> None:
            if self._next_look == at:
                self._next_look = math.inf
            self._serve()

        timeout = self._time.timeout(at - now)
        assert timeout.callbacks is not None
        timeout.callbacks.append(look)


def _too_late() -> NoAnswer:
    return NoAnswer("the API refuses requests", "", executed=False)


class Process:
    """Stand-in for a process's :class:`~pulumi_comfycontrol.core.quota.quota.Quota`.

    ``delay`` returns the seconds that a transaction of the line's database takes.
    """

    def __init__(self, host: Host, time: Time, delay: Callable[[], float] = lambda: 0.0) -> None:
        self._host = host
        self._time = time
        self._delay = delay
        self._rank = 0

    def acquire(
        self,
        patience: float | None = None,
        on_wait: Callable[[float], None] = lambda _seconds: None,  # noqa: ARG002
        rejected: Permit | None = None,
    ) -> Permit:
        """See ``Quota.acquire``; ``on_wait`` is not used here."""
        self._time.sleep(self._delay())
        if rejected is None:
            number, self._rank = self._host.place(self._rank)
        else:
            number = rejected.number
        closed = self._host.acquire(number, patience)
        self._time.sleep(self._delay())
        return Permit(self, number, closed)

    def release(self, number: int) -> None:
        """See ``Permit.release``."""
        self._time.sleep(self._delay())
        self._host.release(number)

    def reject(self, number: int, seconds: float) -> None:
        """See ``Permit.reject``."""
        self._time.sleep(self._delay())
        self._host.reject(number, seconds)
