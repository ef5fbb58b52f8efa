"""The cost of a refresh of one runner in a huge account."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .fleet import Fleet, FleetOptions
from .life import measure
from .measure import LIMITED, Conditions, Measured
from .server import Server


def measure_account(
    server: Server, provider: str, size: int, conditions: Conditions = LIMITED
) -> Measured:
    """Measure `refresh` of one runner among ``size`` of the account."""
    server.clear()
    server.seed(size - 1)
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(FleetOptions(provider, 1, server.url, Path(folder)))
        measure(server, fleet, Fleet.up, conditions)
        return measure(server, fleet, Fleet.refresh, conditions)
