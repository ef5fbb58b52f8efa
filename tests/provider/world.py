"""Simulated time and simulated threads, so that a run depends only on its seed.

Tasks are real threads of which one runs at a time. It gives way where it waits: for time, for a
lock, for a request's way. The next thread is drawn; time passes only when none can run.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable
from typing import Any, Protocol, Self

from filelock import FileLock, Timeout

_START = 1_800_000_000.0
#: Real seconds after which a task that does not give way counts as stuck.
_STUCK = 60.0
#: Seconds between two looks of filelock at a lock that another one holds.
_POLL = 0.05


class Killed(BaseException):
    """The process of this task was killed; nothing of ours catches it."""


class Owner(Protocol):
    """A process that tasks belong to."""

    dead: bool
    locks: list[FileLock]


class Task:
    """A simulated thread; ``owner`` is the process whose code it is in just now."""

    def __init__(self, world: World, work: Callable[[], None]) -> None:
        self.owner: Any = None
        self.world = world
        self.error: BaseException | None = None
        self._work = work
        self._turn = threading.Semaphore(0)
        self._ready: Callable[[], bool] = lambda: True
        self.wakes: float | None = None
        threading.Thread(target=self._main, daemon=True).start()

    @property
    def can_go_on(self) -> bool:
        """Whether it waits for nothing, or for its death."""
        return self._ready() or (self.owner is not None and self.owner.dead)

    def go_on(self) -> None:
        """Let it run until it gives way."""
        self._turn.release()

    def wait(self, ready: Callable[[], bool] = lambda: True, wakes: float | None = None) -> None:
        """Give way until ``ready()``; raises :class:`Killed` where the process has died."""
        self._ready, self.wakes = ready, wakes
        self.world.gave_way.release()
        self._turn.acquire()
        self._ready, self.wakes = lambda: True, None
        if self.owner is not None and self.owner.dead:
            raise Killed

    def _main(self) -> None:
        _here.task = self
        self._turn.acquire()
        try:
            self._work()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - raised in the thread of the test
            self.error = error
        self.world.tasks.remove(self)
        self.world.gave_way.release()


_here = threading.local()


def current_task() -> Task:
    """Return the task that calls."""
    task: Task = _here.task
    return task


class World:
    """A clock, see :class:`~pulumi_comfycontrol.core.clock.Clock`, and all tasks that use it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = _START
        self.tasks: list[Task] = []
        self.gave_way = threading.Semaphore(0)

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass: for the calling task, or, called by none, for everybody."""
        wakes = self.now + seconds
        if hasattr(_here, "task"):
            current_task().wait(lambda: self.now >= wakes, wakes)
        else:
            self.now = wakes

    def spawn(self, work: Callable[[], None]) -> Task:
        """Add a task, which begins when others give way."""
        task = Task(self, work)
        self.tasks.append(task)
        return task

    def run_until(self, done: Callable[[], bool]) -> None:
        """Let tasks run, one after the other; raises what one of them raised."""
        while not done():
            ready = [task for task in self.tasks if task.can_go_on]
            if ready:
                self._step(self.random.choice(ready))
            else:
                wakes = [task.wakes for task in self.tasks if task.wakes is not None]
                assert wakes, "all tasks wait for each other"
                self.now = min(wakes)

    def _step(self, task: Task) -> None:
        task.go_on()
        assert self.gave_way.acquire(timeout=_STUCK), "a task waits for something unknown"
        if task.error is not None:
            raise task.error


class Lock:
    """Stands in for ``threading.Lock`` where it is held while a request is under way."""

    def __init__(self) -> None:
        self._held = False

    def __enter__(self) -> None:
        if self._held:
            current_task().wait(lambda: not self._held)
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False


class Condition(Lock):
    """Stands in for ``threading.Condition``."""

    _notified = 0

    def wait(self, timeout: float = math.inf) -> bool:
        """Wait for :meth:`notify_all`."""
        before = self._notified
        return self.wait_for(lambda: self._notified > before, timeout)

    def wait_for(self, predicate: Callable[[], bool], timeout: float = math.inf) -> bool:
        task = current_task()
        end = task.world.now + timeout
        if not predicate():
            self._held = False
            task.wait(
                lambda: not self._held and (predicate() or task.world.now >= end),
                None if timeout == math.inf else end,
            )
            self._held = True
        return predicate()

    def notify_all(self) -> None:
        """Waiting threads check their condition themselves."""
        self._notified += 1


class CooperativeFileLock(FileLock):
    """A real file lock whose waiting takes simulated time, and which ends with its process."""

    def acquire(self, timeout: float = math.inf, *, blocking: bool = True) -> Any:
        task = current_task()
        end = task.world.now + timeout
        while True:
            try:
                proxy = super().acquire(blocking=False)
            except Timeout:
                if not blocking or task.world.now >= end:
                    raise
                task.world.sleep(_POLL)
            else:
                task.owner.locks.append(self)
                return proxy

    def __enter__(self) -> Self:
        self.acquire()
        return self
