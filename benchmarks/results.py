"""The results of one run of the benchmarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .measure import Measured

#: By provider; a value for each run.
Runs = dict[str, list[Measured]]


class Sizes(NamedTuple):
    """How many runners there are in each benchmark, in the proportions of the targets."""

    runners: int

    @property
    def stack(self) -> int:
        """In each of several stacks at once."""
        return max(1, self.runners * 3 // 10)

    @property
    def memory(self) -> int:
        """In the stack whose provider's memory is measured."""
        return self.runners * 10

    @property
    def large(self) -> int:
        """In the stack that fills a large account."""
        return self.runners * 10

    @property
    def account(self) -> int:
        """In the account of which a stack has one."""
        return self.runners * 100


def _runs() -> Runs:
    return defaultdict(list)


@dataclass
class Results:
    """Measured values, empty for benchmarks not chosen; ``free``: without limit and latency."""

    sizes: Sizes
    runs: int
    #: By the names of the steps in ``life.py``.
    life: dict[str, Runs] = field(default_factory=lambda: defaultdict(_runs))
    life_free: dict[str, Runs] = field(default_factory=lambda: defaultdict(_runs))
    stacks: Runs = field(default_factory=_runs)
    stacks_free: Runs = field(default_factory=_runs)
    account: Runs = field(default_factory=_runs)
    #: By the names in ``large.PLANS``.
    large_plans: dict[str, Runs] = field(default_factory=lambda: defaultdict(_runs))
    large: Runs = field(default_factory=_runs)
    large_free: Runs = field(default_factory=_runs)
    #: Bytes.
    memory: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: Milliseconds.
    imports: list[float] = field(default_factory=list)
    #: Markdown tables with their titles.
    libraries: list[tuple[str, str]] = field(default_factory=list)


def seconds(measured: Sequence[Measured]) -> list[float]:
    """The time of each run."""
    return [one.seconds for one in measured]


def spans(measured: Sequence[Measured]) -> list[float]:
    """The time from the first to the last request of each run."""
    return [one.span for one in measured]


def requests(measured: Sequence[Measured]) -> list[int]:
    """The number of requests of each run."""
    return [one.requests for one in measured]


def refused(measured: Sequence[Measured]) -> list[int]:
    """The number of 429s of each run."""
    return [one.refused for one in measured]
