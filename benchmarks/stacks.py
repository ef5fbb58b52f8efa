"""Several stacks at once, each in a process of its own, that share one address."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .fleet import Fleet, FleetOptions, WrongResultError
from .measure import Conditions, Measured
from .server import Server

STACKS = 4
_SPAWN = multiprocessing.get_context("spawn")
#: Seconds for all stacks to open, and to finish.
_OPENING = 120.0
_WORKING = 600.0


def measure_stacks(server: Server, provider: str, size: int, conditions: Conditions) -> Measured:
    """Measure `up` of all stacks, ``size`` runners each, from one start to the last end."""
    server.clear()
    server.behave(conditions)
    ready, results = _SPAWN.Barrier(STACKS + 1), _SPAWN.Queue()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        processes = [
            _SPAWN.Process(
                target=_up,
                args=(
                    FleetOptions(provider, size, server.url, home / str(n), f"stack{n}"),
                    home / "state",
                    conditions,
                    ready,
                    results,
                ),
            )
            for n in range(STACKS)
        ]
        for one in processes:
            one.start()
        with suppress(threading.BrokenBarrierError):  # whoever broke it says why
            ready.wait(_OPENING)
        started = time.monotonic()
        failures = list(filter(None, [results.get(timeout=_WORKING) for _ in processes]))
        seconds = time.monotonic() - started
        for one in processes:
            one.join()
    if failures:
        raise WrongResultError(failures[0])
    if len(server.runners.all()) != STACKS * size:
        msg = f"{provider}: {STACKS} stacks of {size} made {len(server.runners.all())} runners"
        raise WrongResultError(msg)
    return Measured(seconds, server.arrivals())


def _up(
    options: FleetOptions, state: Path, conditions: Conditions, ready: Any, results: Any
) -> None:
    """Open a stack, wait for the others, and bring it up; sends what went wrong, or None."""
    try:
        fleet = Fleet(options)
        fleet.prepare(conditions, state)
        ready.wait(_OPENING)
        fleet.up()
    except Exception as error:  # noqa: BLE001 - raised again in the process that measures
        results.put(f"{type(error).__name__}: {error}")
        ready.abort()
    else:
        results.put(None)
