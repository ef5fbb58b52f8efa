"""The simulation of one piece of work in one scenario, and its result."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from pulumi_comfycontrol.core.errors import ComfyControlError
from pulumi_comfycontrol.core.lifecycle import delete, list_cache

from .host import Host, Process
from .scenario import Scenario, Work
from .service import Account, Service
from .virtual import Threading, Time
from .work import operation

#: Seconds that a transaction of a store takes: the median, and the spread of its logarithm.
STORE_DELAY, STORE_SPREAD = 0.01, 0.5
#: The stacks begin within this many seconds.
_BEGIN = 1.0
_LIMIT, _WINDOW = 40, 10.0


@dataclass(frozen=True, slots=True)
class Result:
    """``passed`` and ``refused`` are requests; ``finished`` are seconds, one for each stack."""

    scenario: Scenario
    work: Work
    passed: int
    refused: int
    #: Operations that ended with an error, and were begun once more, as by the next `pulumi up`.
    failed: int
    #: Runners that exist at the end.
    runners: int
    finished: tuple[float, ...]
    #: The least time in which the busiest address lets its requests pass.
    minimum: float

    @property
    def seconds(self) -> float:
        """Until the last stack has finished."""
        return max(self.finished)

    @property
    def fairness(self) -> float:
        """When the first stack finished, as a part of when the last one did."""
        return min(self.finished) / self.seconds


def run(scenario: Scenario, work: Work, seed: int = 1) -> Result:
    """Simulate; the same seed gives the same result."""
    return _Run(scenario, work, seed).result()


class _Run:
    def __init__(self, scenario: Scenario, work: Work, seed: int) -> None:
        self._scenario = scenario
        self._work = work
        self._dice = random.Random(f"{seed} {scenario.name} {work}")
        self._time = Time()
        self._service = Service(self._time, self._dice)
        self._accounts: list[Account] = []
        self._failed = 0
        self._finished: list[float] = []

    def result(self) -> Result:
        scenario = self._scenario
        hosts = [Host(self._time, *scenario.share) for _ in range(scenario.hosts)]
        if scenario.store:
            hosts = hosts[:1] * scenario.hosts
        threading = Threading(self._time)
        with (
            mock.patch.object(list_cache, "threading", threading),
            mock.patch.object(delete, "threading", threading),
        ):
            for number in range(scenario.stacks):
                host = number % scenario.hosts
                self._start_stack(hosts[host], str(host % scenario.addresses))
            if scenario.stranger:
                self._time.start(self._stranger)
            self._time.run()
        passed = self._service.passed
        return Result(
            scenario,
            self._work,
            passed.total(),
            self._service.refused.total(),
            self._failed,
            sum(len(account.runners) for account in self._accounts),
            tuple(self._finished),
            max((count - 1) // _LIMIT * _WINDOW for count in passed.values()),
        )

    def _start_stack(self, host: Host, address: str) -> None:
        if not (self._accounts and self._scenario.one_account):
            self._accounts.append(Account())
        account = self._accounts[-1]
        count = self._scenario.runners // self._scenario.stacks
        ids = ["" if self._work is Work.UP else account.add() for _ in range(count)]
        exchange = self._service.exchange(address, account)
        act = operation(self._work, self._process(host), exchange, self._time, self._dice)
        begin = self._dice.uniform(0, _BEGIN)

        def stack() -> None:
            self._time.sleep(begin)
            todo = list(reversed(ids))
            threads = min(self._scenario.parallel, count)
            ends = [self._time.start(lambda: self._thread(act, todo)) for _ in range(threads)]
            for end in ends:
                self._time.wait(end)
            self._finished.append(self._time.monotonic())

        self._time.start(stack)

    def _process(self, host: Host) -> Process:
        if not self._scenario.store:
            return Process(host, self._time)
        return Process(
            host, self._time, lambda: STORE_DELAY * self._dice.lognormvariate(0.0, STORE_SPREAD)
        )

    def _thread(self, act: Callable[[str], Any], todo: list[str]) -> None:
        while todo:
            id_ = todo.pop()
            try:
                act(id_)
            except ComfyControlError:
                self._failed += 1
                todo.insert(0, id_)

    def _stranger(self) -> None:
        """Other traffic behind the first address, without regard to a quota."""
        while len(self._finished) < self._scenario.stacks:
            self._time.sleep(self._dice.expovariate(self._scenario.stranger / _WINDOW))
            self._service.arrive("0")
