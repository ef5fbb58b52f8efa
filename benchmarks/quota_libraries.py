"""A comparison of ways to share a quota: ``python -m benchmarks.quota_libraries``.

Several processes with several threads each send requests whose delays vary. An arrival is noted
where the server would count it: somewhere between sending and answer. Needs the extra ``bench``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .measure import LIMIT, most_in_window

PROCESSES = 4
THREADS = 4
#: Seconds, the shortest and the longest: always the same, and varying.
LATENCIES = ((0.1, 0.1), (0.02, 1.0))
_SPAWN = multiprocessing.get_context("spawn")

#: Blocks until a request may leave; what it returns is called when the answer has come.
Acquire = Callable[[], Callable[[], None]]


class Load(NamedTuple):
    """The work of each thread; times are in seconds."""

    requests: int
    window: float
    latency: tuple[float, float]


class Result(NamedTuple):
    """Times are seconds; ``arrivals`` are sorted."""

    arrivals: list[float]
    finished: list[float]
    cpu: float

    def most(self, window: float) -> int:
        """Most arrivals in any window."""
        return most_in_window(self.arrivals, window)

    def slack(self, window: float) -> float:
        """By how much the tightest 41 arrivals were further apart than the window."""
        pairs = zip(self.arrivals, self.arrivals[LIMIT:], strict=False)
        return min(after - before for before, after in pairs) - window


@contextmanager
def _ours(folder: Path, load: Load) -> Iterator[Acquire]:
    from pulumi_comfycontrol.core.quota.host import host_quota

    quota = host_quota("http://benchmark", LIMIT, load.window, folder=folder)

    def acquire() -> Callable[[], None]:
        return quota.acquire().release

    yield acquire


@contextmanager
def _pyrate(folder: Path, load: Load, margin: float) -> Iterator[Acquire]:
    from pyrate_limiter import Limiter, Rate, SQLiteBucket

    rates = [Rate(LIMIT, round((load.window + margin) * 1000))]
    path = str(folder / "pyrate.sqlite")
    limiter = Limiter(SQLiteBucket.init_from_file(rates, db_path=path, use_file_lock=True))

    def acquire() -> Callable[[], None]:
        limiter.try_acquire("api")
        return lambda: None

    with limiter:
        yield acquire


CANDIDATES: dict[str, Callable[[Path, Load], AbstractContextManager[Acquire]]] = {
    "this project": _ours,
    "pyrate-limiter": lambda folder, load: _pyrate(folder, load, 0.0),
    "pyrate-limiter, window + longest latency": lambda folder, load: _pyrate(
        folder, load, load.latency[1]
    ),
}


def _process(name: str, folder: Path, load: Load, seed: int, ready: Any, results: Any) -> None:
    arrivals: list[float] = []
    with CANDIDATES[name](folder, load) as acquire:

        def thread(number: int) -> None:
            dice = random.Random(seed * 1000 + number)
            for _ in range(load.requests):
                answered = acquire()
                latency = dice.uniform(*load.latency)
                there = latency * dice.random()
                time.sleep(there)
                arrivals.append(time.monotonic())
                time.sleep(latency - there)
                answered()

        threads = [threading.Thread(target=thread, args=(n,)) for n in range(THREADS)]
        ready.wait()
        started, cpu = time.monotonic(), time.process_time()
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        results.put((arrivals, time.monotonic() - started, time.process_time() - cpu))


def measure(name: str, load: Load) -> Result:
    """Run ``load`` in all threads of all processes at once."""
    with tempfile.TemporaryDirectory() as folder:
        ready, results = _SPAWN.Barrier(PROCESSES), _SPAWN.Queue()
        processes = [
            _SPAWN.Process(target=_process, args=(name, Path(folder), load, seed, ready, results))
            for seed in range(PROCESSES)
        ]
        for one in processes:
            one.start()
        parts = [results.get(timeout=600) for _ in processes]
        for one in processes:
            one.join()
    arrivals = sorted(time_ for part in parts for time_ in part[0])
    return Result(arrivals, [part[1] for part in parts], sum(part[2] for part in parts))


def row(name: str, load: Load) -> str:
    """Measure one candidate, and return its row of the table."""
    result = measure(name, load)
    number, took = len(result.arrivals), max(result.finished)
    minimum = (number - 1) // LIMIT * load.window
    return (
        f"| {name} | {result.most(load.window)} | {result.slack(load.window):+.3f} s"
        f" | {took:.2f} s | {took / minimum:.3f} | {min(result.finished) / took:.2f}"
        f" | {result.cpu / number * 1000:.2f} ms |"
    )


def title(load: Load) -> str:
    """The description of the load."""
    latency = " to ".join(f"{one:g}" for one in sorted(set(load.latency)))
    return (
        f"{load.requests * PROCESSES * THREADS} requests of {PROCESSES} processes with"
        f" {THREADS} threads, {LIMIT} in {load.window:g} s, latency {latency} s"
    )


def table(load: Load) -> str:
    """Measure all candidates, and return a Markdown table."""
    head = (
        "| | most arrivals in a window | slack | time | time / minimum"
        " | first process done / last | CPU a request |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(row(name, load) for name in CANDIDATES)])


def main() -> None:
    """Print a table for each latency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=10.0, help="seconds (default 10)")
    parser.add_argument("--requests", type=int, default=13, help="of each thread (default 13)")
    options = parser.parse_args()
    for latency in LATENCIES:
        load = Load(options.requests, options.window, latency)
        print(f"\n{title(load)}\n\n{table(load)}", flush=True)


if __name__ == "__main__":
    main()
