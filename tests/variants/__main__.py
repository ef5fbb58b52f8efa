"""``python -m tests.variants``: all variants, printed as the table of docs/variants.md."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .doors import DOORS
from .table import play, table
from .variants import VARIANTS


def main() -> None:
    """Print the table, and below it the messages of all refusals."""
    outcomes = {}
    messages: dict[str, str] = {}
    for variant in VARIANTS:
        for door in DOORS:
            for lossy in (False, True):
                with tempfile.TemporaryDirectory() as folder:
                    refused = play(door, variant, Path(folder), lossy=lossy)
                outcomes[variant.name, door, lossy] = frozenset(refused)
                for stage, message in refused.items():
                    messages.setdefault(f"{variant.name}, {stage}", message)
    print(table(outcomes))
    for what, message in messages.items():
        print(f"\n{what}: {message}")


if __name__ == "__main__":
    main()
