"""The cost of a stack that fills a large account: plans without changes, and `destroy`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .fleet import Fleet, FleetOptions
from .life import live, measure
from .measure import FREE, LIMITED, Conditions, Measured
from .server import Server

#: The steps in which nothing is to be done.
PLANS = ("unchanged", "preview")


def measure_large_plans(server: Server, provider: str, size: int) -> dict[str, Measured]:
    """Measure :data:`PLANS` of ``size`` runners; they send no requests, so there is no limit."""
    server.clear()
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(FleetOptions(provider, size, server.url, Path(folder), checkpoints=False))
        return live(server, fleet, FREE, PLANS)


def measure_large_destroy(
    server: Server, provider: str, size: int, conditions: Conditions = LIMITED
) -> Measured:
    """Measure `destroy` of ``size`` runners; the engine writes its state at the end only."""
    server.clear()
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(FleetOptions(provider, size, server.url, Path(folder), checkpoints=False))
        measure(server, fleet, Fleet.up, FREE)
        return measure(server, fleet, Fleet.destroy, conditions)
