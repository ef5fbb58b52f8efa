"""The chosen benchmarks, the providers in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .account import measure_account
from .fleet import NAIVE, OURS, PROVIDERS, Fleet, FleetOptions
from .large import large_destroy, measure_large
from .life import STEPS, live
from .measure import FREE, LIMITED, Conditions, Measured
from .quota_libraries import LATENCIES, Load, table, title
from .results import Results, Sizes
from .server import Server
from .stacks import measure_stacks
from .start import import_milliseconds, plugin_start
from .terraform import PACE, SAFE_PACE, MissingTerraformError, measure_terraform, prepare

#: What may be chosen.
NAMES = (
    *STEPS,
    *("stacks", "account", "large", "large-destroy", "terraform", "import", "start", "quota"),
)
#: Starts of Python are measured more often: one takes no time, and varies.
_STARTS = 7
#: What each of 16 threads sends to compare quotas; more takes longer, and shows the same.
_QUOTA_REQUESTS = 6

Tell = Callable[[str], None]


def run(names: Collection[str], sizes: Sizes, runs: int, tell: Tell) -> Results:
    """Measure; ``tell`` is called with each step.

    Work whose time is that of the machine is measured ``runs`` times, with the providers in
    changing order; work that waits for the quota most of the time is measured once.
    """
    results = Results(sizes, runs)
    if "terraform" in names:
        try:
            results.terraform_versions = prepare(tell)
        except MissingTerraformError as error:
            tell(f"no Terraform: {error}")
            results.terraform_missing = str(error)
    with Server() as server:
        suite = _Suite(server, names, results, tell)
        for number in range(runs):
            # The first one finds colder caches, so they take turns.
            providers = list(PROVIDERS)[:: -1 if number % 2 else 1]
            suite.run(providers, FREE)
        suite.run(list(PROVIDERS), LIMITED)
        suite.large()
        suite.starts()
        suite.waiting()
    return results


class _Suite:
    """The measurements, each of which is a method that adds to the results."""

    def __init__(
        self, server: Server, names: Collection[str], results: Results, tell: Tell
    ) -> None:
        self._server = server
        self._names = names
        self._results = results
        self._sizes = results.sizes
        self._tell = tell

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """Keep a failure as a missed target, so that the other parts are still measured."""
        self._tell(name)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - it is in the report, and in the exit status
            self._tell(f"{name}: {error}")
            self._results.failures[name] = f"{type(error).__name__}: {error}"

    def run(self, providers: Sequence[str], conditions: Conditions) -> None:
        """Measure small stacks once, the providers right after each other."""
        for provider in providers:
            self._life(provider, conditions)
        for provider in providers:
            self._stacks(provider, conditions)
        if conditions == LIMITED:
            for provider in providers:
                self._account(provider)

    def large(self) -> None:
        """Measure a large stack without limit; for its `destroy` alone, only ours."""
        if "large" in self._names:
            providers, runs = list(PROVIDERS), self._results.runs
        elif "large-destroy" in self._names:
            providers, runs = [OURS], 0
        else:
            return
        size = self._sizes.large
        with self._part(f"stacks of {size} runners"):
            for one in measure_large(self._server, providers, size, runs, self._tell):
                self._results.large.append(one)

    def starts(self) -> None:
        """Measure starts of Python."""
        for name, measure, times in (
            ("import", import_milliseconds, self._results.imports),
            ("start", plugin_start, self._results.starts),
        ):
            if name in self._names:
                with self._part(name):
                    measure()  # compiles what has changed
                    times += [measure() for _ in range(_STARTS * self._results.runs)]

    def waiting(self) -> None:
        """Measure at the same time what waits most of the time, each with a server of its own."""
        with ExitStack() as stack, ThreadPoolExecutor() as pool:
            if "large-destroy" in self._names:
                size = self._sizes.large
                with self._part(f"{OURS}, up of {size} runners before destroy under the limit"):
                    destroy = stack.enter_context(large_destroy(self._server, OURS, size))
                    pool.submit(self._large_destroy, destroy)
            if self._results.terraform_versions:
                pool.submit(self._terraform)
            if "quota" in self._names:
                pool.submit(self._quota)

    def _large_destroy(self, destroy: Callable[[], Measured]) -> None:
        with self._part(f"{OURS}, destroy of {self._sizes.large} runners"):
            self._results.large_destroy.append(destroy())

    def _terraform(self) -> None:
        for rate in (PACE, SAFE_PACE):
            size = self._sizes.runners
            with self._part(f"Terraform, {size} runners, rate_limit {rate:g}"), Server() as server:
                self._results.terraform += measure_terraform(server, size, rate)

    def _quota(self) -> None:
        for latency in LATENCIES:
            load = Load(_QUOTA_REQUESTS, 10.0, latency)
            with self._part(f"quota, {title(load)}"):
                self._results.libraries.append((title(load), table(load)))

    def _life(self, provider: str, conditions: Conditions) -> None:
        steps = [name for name in STEPS if name in self._names]
        if steps:
            size = self._sizes.runners
            runs = self._results.life_free if conditions == FREE else self._results.life
            part = self._part(f"{provider}, {size} runners{_title(conditions)}")
            with part, tempfile.TemporaryDirectory() as home:
                self._server.clear()
                fleet = Fleet(FleetOptions(provider, size, self._server.url, Path(home)))
                for name, measured in live(self._server, fleet, conditions, steps).items():
                    runs[name][provider].append(measured)

    def _stacks(self, provider: str, conditions: Conditions) -> None:
        # The native plugin has the same quota; its requests are compared in the life of a stack.
        if "stacks" in self._names and provider in {NAIVE, OURS}:
            size = self._sizes.stack
            runs = self._results.stacks_free if conditions == FREE else self._results.stacks
            with self._part(f"{provider}, stacks of {size} runners at once{_title(conditions)}"):
                runs[provider].append(measure_stacks(self._server, provider, size, conditions))

    def _account(self, provider: str) -> None:
        if "account" in self._names:
            size = self._sizes.account
            with self._part(f"{provider}, one runner in an account of {size}"):
                measured = measure_account(self._server, provider, size)
                self._results.account[provider].append(measured)


def _title(conditions: Conditions) -> str:
    return ", limit and latency off" if conditions == FREE else ""
