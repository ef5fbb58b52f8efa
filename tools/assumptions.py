"""Generator of docs/api-assumptions.md, from the doctor's table: ``python -m tools.assumptions``.

A test compares the page with this module's output.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pulumi_comfycontrol.doctor.assumptions import ASSUMPTIONS
from pulumi_comfycontrol.emulator.state.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api-assumptions.md"
_INTRODUCTION = """\
# Assumptions about the API

<!-- Written by `python -m tools.assumptions`; change pulumi_comfycontrol/doctor/assumptions.py. -->

The documentation leaves these open, and nobody of this project has ever talked to the live
service. The code names the number where it relies on one. The emulator gives the first reading by
default; a switch lets it give others, with which the provider is tested too.
`comfycontrol-doctor --write` finds out what an account's API does ([doctor.md](doctor.md)).
"""
_COLUMNS = (
    "number",
    "question",
    "first reading",
    "what the provider does",
    "other readings survived",
    "what can't be survived",
    "switches of the emulator",
    "comfycontrol-doctor",
)


def page() -> str:
    """Return the page's text."""
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS)]
    rows += [
        (
            one.name,
            one.question,
            one.first,
            one.does,
            one.survived,
            one.fatal,
            ", ".join(f"`{name}`" for name in _switches(one.name)),
            f"does not look for it: {one.unseen}" if one.unseen else "tries it out",
        )
        for one in ASSUMPTIONS
    ]
    return f"{_INTRODUCTION}\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _switches(name: str) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(Settings)
        if name in (field.metadata["assumption"] or "").split(", ")
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
