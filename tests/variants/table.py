"""Plays the life of a stack at each reading of the API, and writes what came of it as a table."""

from __future__ import annotations

from pathlib import Path

from .doors import DOORS
from .life import Life
from .variants import Variant


def play(door: str, variant: Variant, folder: Path, *, lossy: bool) -> dict[str, str]:
    """Return the messages of the stages that were refused; raises where a promise is broken."""
    one = DOORS[door](folder, variant.settings)
    try:
        return Life(one, lossy=lossy).play()
    finally:
        one.close()
