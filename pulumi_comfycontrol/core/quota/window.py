"""The arithmetic of the sliding window and of cool-downs, without storage or waiting.

The API counts arrivals. A request that was sent at one moment and answered at another arrived
somewhere in between, so its slot is free again one window after the *answer*: however much the
network's delay varies, no window holds more arrivals than the limit, at the cost of one round trip
a window.

All times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Seconds on top of the window, for two clocks that differ by up to 0.5 % while it lasts.
MARGIN = 0.05
#: A request without an answer counts as arrived this many seconds after it was sent, because its
#: process may have been killed. A connection takes at most 10 s.
LOST = 15.0
#: The longest cool-down; a longer one on record was written before a reboot.
LONGEST_COOL_DOWN = 60.0
#: One halving of the pace ends after this many seconds without a 429, the latest first. It is the
#: same for all: hosts that were slowed down more must not stay behind (docs/scale.md).
_RECOVERY = 60.0
_MOST_HALVINGS = 8
#: Seconds until the next poll where a slot depends only on an answer that is due.
_SOON = 0.005


@dataclass(frozen=True, slots=True)
class Pace:
    """A pace: how many requests may hold a slot at once, and how long after their answers."""

    limit: int
    window: float

    def halved(self, times: int) -> Pace:
        """Halve the limit, and where it is 1 already, double the window."""
        doublings = max(0, times - (self.limit.bit_length() - 1))
        return Pace(max(1, self.limit >> times), self.window * 2**doublings)

    def turn(
        self,
        now: float,
        sent: Iterable[tuple[float, float | None]],
        waiting: int,
        until: float,
    ) -> float:
        """Return the time at which a request may be sent: ``now``, or later.

        ``sent`` are the times of sending and of the answer (None: none yet) of requests with
        lower numbers, ``waiting`` is the number of requests before it, and before ``until``
        nothing is sent. The request gets a slot once all of those but ``limit - 1`` have freed
        theirs. A result in the future is the earliest possible time, not a promise: answers take
        time.
        """
        free = sorted(time for time in (self.free_at(now, *one) for one in sent) if time > now)
        # Waiting requests are sent in order, each when a slot is freed, and hold it for a window;
        # so the list of free times repeats in laps of ``limit``, each a window later.
        place = len(free) + waiting - self.limit
        laps = max(0, (place - len(free)) // self.limit + 1)
        place -= laps * self.limit
        first = free[place] if place >= 0 else now
        return max(first, until, now) + laps * self.window

    def free_at(self, now: float, sent: float, answered: float | None) -> float:
        """Return the time at which a request's slot is free again, as far as is known ``now``."""
        latest = sent + LOST + self.window
        if answered is not None:
            return min(answered + self.window, latest)
        if now >= latest:
            return latest
        return max(sent + self.window, now + _SOON)


@dataclass(frozen=True, slots=True)
class CoolDown:
    """The cool-down after a 429: nothing is sent before ``until``, and then less for a while.

    ``total`` is the duration of all cool-downs in seconds, including all of this one.
    """

    until: float = 0.0
    halvings: int = 0
    total: float = 0.0

    def after_429(self, now: float, seconds: float) -> CoolDown:
        """Return a cool-down of ``seconds`` from now; its 429s halve the pace only once."""
        halvings = self.halvings_left(now)
        if self.until <= now:
            halvings = min(halvings + 1, _MOST_HALVINGS)
        until = max(self.until, now + min(seconds, LONGEST_COOL_DOWN) + MARGIN)
        return CoolDown(until, halvings, self.total + until - max(self.until, now))

    def halvings_left(self, now: float) -> int:
        """Return the number of halvings that have not ended yet."""
        return max(0, self.halvings - max(0, int((now - self.until) / _RECOVERY)))

    def closed_since(self, before: CoolDown, then: float) -> float:
        """Return the seconds of cool-downs since ``then``, when ``before`` was the latest one."""
        return max(0.0, self.total - before.total) + max(0.0, before.until - then)

    def valid(self, now: float) -> CoolDown:
        """Return self, or an ended cool-down where a reboot has set the clock back."""
        return self if self.until <= now + 2 * LONGEST_COOL_DOWN else CoolDown()


def rank(served: int, own: int) -> int:
    """Return the place in the line of a process's next request: start-time fair queueing.

    ``served`` is the rank whose turn it is now, ``own`` that of the process's latest request. So
    the processes alternate, however many requests each has waiting, and an idle time gives a
    process neither advantage nor disadvantage.
    """
    return max(served, own) + 1
