"""The chosen benchmarks, run one after the other, the providers in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from .account import measure_account
from .fleet import OURS, PROVIDERS, Fleet, FleetOptions
from .import_time import import_milliseconds
from .large import measure_large_destroy, measure_large_plans
from .life import STEPS, live
from .measure import FREE, LIMITED, Conditions
from .memory import peak_memory
from .quota_libraries import LATENCIES, Load, table, title
from .results import Results, Sizes
from .server import Server
from .stacks import measure_stacks

#: What may be chosen.
NAMES = (
    *STEPS,
    *("stacks", "account", "large-plans", "large-destroy", "memory", "import", "quota"),
)
#: Imports are measured more often: one takes no time, and varies.
_IMPORTS = 7
#: What each of 16 threads sends to compare quotas; more takes longer, and shows the same.
_QUOTA_REQUESTS = 6

Tell = Callable[[str], None]


def run(names: Collection[str], sizes: Sizes, runs: int, tell: Tell) -> Results:
    """Measure; ``tell`` is called with each step."""
    results = Results(sizes, runs)
    with Server() as server:
        suite = _Suite(server, names, results, tell)
        for number in range(runs):
            # The first one finds colder caches, so they take turns.
            suite.run(list(PROVIDERS)[:: -1 if number % 2 else 1])
        suite.large_destroy()
    if "import" in names:
        tell("import")
        import_milliseconds()  # compiles what has changed
        results.imports = [import_milliseconds() for _ in range(_IMPORTS * runs)]
    if "quota" in names:
        for latency in LATENCIES:
            load = Load(_QUOTA_REQUESTS, 10.0, latency)
            tell(f"quota, {title(load)}")
            results.libraries.append((title(load), table(load)))
    return results


class _Suite:
    """Each method measures one thing for one provider, and adds it to the results."""

    def __init__(
        self, server: Server, names: Collection[str], results: Results, tell: Tell
    ) -> None:
        self._server = server
        self._names = names
        self._results = results
        self._sizes = results.sizes
        self._tell = tell

    def run(self, providers: Sequence[str]) -> None:
        """Measure all that was chosen once, the providers right after each other."""
        for conditions in (FREE, LIMITED):
            for provider in providers:
                self._life(provider, conditions)
        for conditions in (FREE, LIMITED):
            for provider in providers:
                self._stacks(provider, conditions)
        for provider in providers:
            self._account(provider)
        for provider in providers:
            self._large_plans(provider)
        for provider in providers:
            self._memory(provider)

    def large_destroy(self) -> None:
        """Destroy a large stack once; under the limit this takes as long as all the rest."""
        if "large-destroy" in self._names:
            size = self._sizes.large
            for conditions in (FREE, LIMITED):
                self._tell(f"{OURS}, destroy of {size} runners{_title(conditions)}")
                is_free = conditions == FREE
                runs = self._results.large_free if is_free else self._results.large
                measured = measure_large_destroy(self._server, OURS, size, conditions)
                runs[OURS].append(measured)

    def _life(self, provider: str, conditions: Conditions) -> None:
        steps = [name for name in STEPS if name in self._names]
        if steps:
            size = self._sizes.runners
            self._tell(f"{provider}, {size} runners{_title(conditions)}")
            runs = self._results.life_free if conditions == FREE else self._results.life
            self._server.clear()
            with tempfile.TemporaryDirectory() as home:
                fleet = Fleet(FleetOptions(provider, size, self._server.url, Path(home)))
                for name, measured in live(self._server, fleet, conditions, steps).items():
                    runs[name][provider].append(measured)

    def _stacks(self, provider: str, conditions: Conditions) -> None:
        if "stacks" in self._names:
            size = self._sizes.stack
            self._tell(f"{provider}, stacks of {size} runners at once{_title(conditions)}")
            runs = self._results.stacks_free if conditions == FREE else self._results.stacks
            runs[provider].append(measure_stacks(self._server, provider, size, conditions))

    def _account(self, provider: str) -> None:
        if "account" in self._names:
            size = self._sizes.account
            self._tell(f"{provider}, one runner in an account of {size}")
            self._results.account[provider].append(measure_account(self._server, provider, size))

    def _large_plans(self, provider: str) -> None:
        if "large-plans" in self._names:
            size = self._sizes.large
            self._tell(f"{provider}, plans of {size} runners")
            for name, measured in measure_large_plans(self._server, provider, size).items():
                self._results.large_plans[name][provider].append(measured)

    def _memory(self, provider: str) -> None:
        if "memory" in self._names:
            size = self._sizes.memory
            self._tell(f"{provider}, memory with {size} runners")
            self._results.memory[provider].append(peak_memory(self._server, provider, size))


def _title(conditions: Conditions) -> str:
    return ", limit and latency off" if conditions == FREE else ""
