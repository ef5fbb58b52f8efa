"""Compute how long a few hosts behind one address take: ``python -m benchmarks.simulation.few``.

Prints a table of docs/design/scale.md.
"""

from __future__ import annotations

from .report import table
from .run import run
from .scenario import FEW, Work

if __name__ == "__main__":
    print(table([run(scenario, Work.UP) for scenario in FEW]))
