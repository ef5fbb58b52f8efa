"""The cost of destroying a stack that fills a large account."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .fleet import Fleet, FleetOptions
from .life import measure
from .measure import FREE, LIMITED, Conditions, Measured
from .server import Server


def measure_large_destroy(
    server: Server, provider: str, size: int, conditions: Conditions = LIMITED
) -> Measured:
    """Measure `destroy` of ``size`` runners; the engine writes its state at the end only."""
    server.clear()
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(FleetOptions(provider, size, server.url, Path(folder), checkpoints=False))
        measure(server, fleet, Fleet.up, FREE)
        return measure(server, fleet, Fleet.destroy, conditions)
