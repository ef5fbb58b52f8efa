"""Several stacks at once, each in a process of its own, that share one address.

They are on one host, and share its state folder; or each is on a host of its own, which shares
nothing or a store.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from .fleet import Fleet, FleetOptions, WrongResultError
from .measure import Conditions, Measured
from .server import Server

STACKS = 4
_SPAWN = multiprocessing.get_context("spawn")
#: Seconds for all stacks to open, and to finish.
_OPENING = 120.0
_WORKING = 600.0


class Place(NamedTuple):
    """Where the stacks are."""

    stacks: int = STACKS
    #: Whether each has a host of its own.
    apart: bool = False
    #: The URL of the store that the hosts share.
    store: str | None = None


def measure_stacks(
    server: Server, provider: str, size: int, conditions: Conditions, place: Place | None = None
) -> Measured:
    """Measure `up` of all stacks, ``size`` runners each, from one start to the last end."""
    place = place or Place()
    server.clear()
    server.behave(conditions)
    ready, results = _SPAWN.Barrier(place.stacks + 1), _SPAWN.Queue()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        processes = [
            _SPAWN.Process(
                target=_up,
                args=(
                    FleetOptions(provider, size, server.url, home / str(n), f"stack{n}"),
                    home / str(n) / "state" if place.apart else home / "state",
                    place.store,
                    conditions,
                    ready,
                    results,
                ),
            )
            for n in range(place.stacks)
        ]
        for one in processes:
            one.start()
        with suppress(threading.BrokenBarrierError):  # the process that broke it reports the cause
            ready.wait(_OPENING)
        started = time.monotonic()
        ends = [results.get(timeout=_WORKING) for _ in processes]
        seconds = time.monotonic() - started
        for one in processes:
            one.join()
    for failure in ends:
        if isinstance(failure, str):
            raise WrongResultError(failure)
    if len(server.runners()) != place.stacks * size:
        msg = f"{provider}: {place.stacks} stacks of {size} made {len(server.runners())} runners"
        raise WrongResultError(msg)
    return Measured(seconds, server.arrivals(), [end - started for end in ends])


def _up(
    options: FleetOptions,
    state: Path,
    store: str | None,
    conditions: Conditions,
    ready: Any,
    results: Any,
) -> None:
    """Open a stack, wait for the others, and bring it up; sends when it ended, or an error."""
    try:
        fleet = Fleet(options)
        fleet.prepare(conditions, state, store)
        ready.wait(_OPENING)
        fleet.up()
    except Exception as error:  # noqa: BLE001 - raised again in the process that measures
        results.put(f"{type(error).__name__}: {error}")
        ready.abort()
    else:
        results.put(time.monotonic())
