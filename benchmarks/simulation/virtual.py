"""Threads in virtual time: blocking code runs unchanged, and waiting takes no time.

Each thread is a greenlet behind a SimPy process. Nothing else runs between two waits, so that a
run depends on nothing but its seed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import simpy
from greenlet import getcurrent, greenlet


class Time:
    """The clock of one simulation (see ``core/clock.py``), and its threads."""

    def __init__(self) -> None:
        self._environment = simpy.Environment()

    def monotonic(self) -> float:
        """Seconds since the simulation began."""
        return float(self._environment.now)

    def time(self) -> float:
        """The same: nothing here needs a calendar."""
        return self.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let the calling thread wait."""
        self.wait(self.timeout(seconds))

    def event(self) -> simpy.Event:
        """Return an event: threads wait for it until another thread calls ``succeed()``."""
        return self._environment.event()

    def timeout(self, seconds: float) -> simpy.Event:
        """An event that happens by itself."""
        return self._environment.timeout(seconds)

    def wait(self, event: simpy.Event) -> None:
        """Let the calling thread wait for ``event``."""
        getcurrent().parent.switch(event)

    def start(self, function: Callable[[], Any]) -> simpy.Event:
        """Run ``function`` as a thread; returns the event of its end."""
        return self._environment.process(_steps(function))

    def run(self) -> None:
        """Let time pass until no thread waits for it any more."""
        self._environment.run()


def _steps(function: Callable[[], Any]) -> Generator[simpy.Event, None, None]:
    thread = greenlet(function)  # made here, so that its parent is the environment's loop
    event = thread.switch()
    while not thread.dead:
        yield event
        event = thread.switch()


class Threading:
    """Stands in for the module ``threading``, as far as the simulated code uses it."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def Lock(self) -> Lock:  # noqa: N802 - the module's own name
        """See ``threading.Lock``."""
        return Lock(self._time)

    def Condition(self) -> Condition:  # noqa: N802 - the same
        """See ``threading.Condition``."""
        return Condition(self._time)


class Lock:
    """Held by one thread; passed on in the order in which they came."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._held = False
        self._waiting: deque[simpy.Event] = deque()

    def __enter__(self) -> None:
        if self._held:
            turn = self._time.event()
            self._waiting.append(turn)
            self._time.wait(turn)
        self._held = True

    def __exit__(self, *_: object) -> None:
        if self._waiting:
            self._waiting.popleft().succeed()
        else:
            self._held = False


class Condition:
    """Stand-in for a condition; its lock is always free, as only one thread runs at a time."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._waiting: list[tuple[Callable[[], Any], simpy.Event]] = []
        self._notified = 0

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, timeout: float | None = None) -> bool:
        """See ``threading.Condition``."""
        before = self._notified
        return bool(self.wait_for(lambda: self._notified > before, timeout))

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        """See ``threading.Condition``."""
        over = None if timeout is None else self._time.timeout(timeout)
        while not (result := predicate()) and (over is None or not over.processed):
            told = self._time.event()
            self._waiting.append((predicate, told))
            self._time.wait(told if over is None else told | over)
        return result

    def notify_all(self) -> None:
        """Wake those whose predicate holds."""
        self._notified += 1
        still = []
        for predicate, told in self._waiting:
            if predicate():
                told.succeed()
            else:
                still.append((predicate, told))
        self._waiting = still
