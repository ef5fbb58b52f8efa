"""The table of a stack's life at each reading of the API, with the results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .doors import DOORS
from .life import Life
from .variants import VARIANTS, Variant

#: By variant, door, and whether answers get lost: the stages that were refused.
Outcomes = Mapping[tuple[str, str, bool], frozenset[str]]


def play(door: str, variant: Variant, folder: Path, *, lossy: bool) -> dict[str, str]:
    """Return the messages of the stages that were refused; raises where a promise is broken."""
    one = DOORS[door](folder, variant.settings)
    try:
        return Life(one, lossy=lossy).play()
    finally:
        one.close()


def expected() -> Outcomes:
    """The result that the tests prove."""
    return {
        (variant.name, door, lossy): frozenset(variant.refusals(lossy=lossy))
        for variant in VARIANTS
        for door in DOORS
        for lossy in (False, True)
    }


def table(outcomes: Outcomes) -> str:
    """Write the outcomes as a table in Markdown."""
    columns = [(door, lossy) for door in DOORS for lossy in (False, True)]
    heads = [f"{door}, {'answers lost' if lossy else 'plain'}" for door, lossy in columns]
    lines = [
        f"| reading | setting of the emulator | {' | '.join(heads)} | reason |",
        "|---" * (len(columns) + 3) + "|",
    ]
    for variant in VARIANTS:
        cells = [_cell(outcomes[variant.name, door, lossy]) for door, lossy in columns]
        settings = ", ".join(f"`{name}={value}`" for name, value in variant.settings.items())
        reasons = dict.fromkeys(variant.refusals(lossy=True).values())
        lines.append(
            f"| {variant.name} | {settings} | {' | '.join(cells)} | {'; '.join(reasons)} |"
        )
    return "\n".join(lines)


def _cell(refused: frozenset[str]) -> str:
    return f"refused: {', '.join(sorted(refused))}" if refused else "converges"
