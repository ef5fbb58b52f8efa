"""The results of one run of the benchmarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .large import Large
from .measure import Measured
from .start import Start
from .terraform import Command

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
    def large(self) -> int:
        """In the large stack."""
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
    large: list[Large] = field(default_factory=list)
    large_destroy: list[Measured] = field(default_factory=list)
    terraform: list[Command] = field(default_factory=list)
    #: The versions of Terraform and its provider, or why it was not measured.
    terraform_versions: str = ""
    terraform_missing: str = ""
    #: Milliseconds.
    imports: list[float] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    #: Markdown tables with their titles.
    libraries: list[tuple[str, str]] = field(default_factory=list)
    #: By the name of a part that could not be measured, the error.
    failures: dict[str, str] = field(default_factory=dict)

    def large_step(self, step: str, provider: str) -> list[Large]:
        """The runs of a step of the large stack."""
        return [one for one in self.large if (one.step, one.provider) == (step, provider)]

    def large_cpu(self, provider: str) -> float:
        """The provider process's own seconds in all steps, each with the least of its runs.

        Other work on the machine adds to a process's time, and nothing takes from it.
        """
        least: dict[str, float] = {}
        for one in self.large:
            if one.provider == provider:
                least[one.step] = min(one.usage.cpu, least.get(one.step, one.usage.cpu))
        return sum(least.values())

    def large_memory(self, provider: str) -> int:
        """The bytes of the largest provider process of the large stack, or 0."""
        return max((one.usage.memory for one in self.large if one.provider == provider), default=0)


def measured_of(large: Iterable[Large]) -> list[Measured]:
    """The measured times and requests."""
    return [one.measured for one in large]


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
