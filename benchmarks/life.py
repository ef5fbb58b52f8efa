"""The life of one stack, step by step: create, preview, refresh, repair, delete."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from .fleet import Fleet, WrongResultError
from .measure import FREE, Conditions, Measured
from .server import Server

#: The measured steps by name, in the order of a stack's life.
STEPS: dict[str, Callable[[Fleet], None]] = {
    "up": Fleet.up,
    "unchanged": Fleet.up_unchanged,
    "preview": Fleet.preview,
    "refresh": Fleet.refresh,
    "drift": Fleet.up_refresh,
    "destroy": Fleet.destroy,
    "wide-destroy": Fleet.destroy_wide,
}
_DESTROYING = (Fleet.destroy, Fleet.destroy_wide)
_EDITED = "http://edited.example.com"


def live(
    server: Server, fleet: Fleet, conditions: Conditions, steps: Collection[str] = tuple(STEPS)
) -> dict[str, Measured]:
    """Measure ``steps``, each with an empty quota window on both sides."""
    measured = {}
    for name in STEPS:
        if name in steps:
            if name != "up" and not server.runners():
                _step(server, fleet, "up", FREE)
            measured[name] = _step(server, fleet, name, conditions)
    return measured


def measure(
    server: Server, fleet: Fleet, work: Callable[[Fleet], None], conditions: Conditions
) -> Measured:
    """Do some work of a fleet under ``conditions``."""
    fleet.prepare(conditions)
    server.behave(conditions)
    started = time.monotonic()
    work(fleet)
    return Measured(time.monotonic() - started, server.arrivals())


def _step(server: Server, fleet: Fleet, name: str, conditions: Conditions) -> Measured:
    if name == "drift":
        runners = server.runners()
        server.edit(runners[len(runners) // 2], endpoint=_EDITED)
    result = measure(server, fleet, STEPS[name], conditions)
    runners = server.runners()
    wanted = 0 if STEPS[name] in _DESTROYING else fleet.options.size
    if len(runners) != wanted or any(one["endpoint"] == _EDITED for one in runners):
        msg = f"{fleet.options.provider}: after {name}, the server has other runners than wanted"
        raise WrongResultError(msg)
    return result
