"""Every assumption is in one table, from which the page and the doctor work."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from pulumi_comfycontrol.doctor.assumptions import ASSUMPTIONS
from pulumi_comfycontrol.emulator.state.settings import Settings
from tools import assumptions

PACKAGE = Path(__file__).parents[2] / "pulumi_comfycontrol"


def test_the_table_has_each_number_once() -> None:
    """A1, A2, … in order, so that a number finds its row."""
    assert [one.number for one in ASSUMPTIONS] == list(range(1, len(ASSUMPTIONS) + 1))


def test_the_code_names_no_other() -> None:
    """A number in the code can be looked up."""
    texts = [path.read_text() for path in PACKAGE.rglob("*.py")]
    named = {number for text in texts for number in re.findall(r"\bA\d{1,2}\b", text)}
    assert named <= {one.name for one in ASSUMPTIONS}


def test_the_switches_name_no_other() -> None:
    """A switch of the emulator varies an assumption of the table."""
    named = {
        name
        for field in fields(Settings)
        for name in (field.metadata["assumption"] or "").split(", ")
        if name
    }
    assert named <= {one.name for one in ASSUMPTIONS}


def test_the_page_is_what_the_table_says() -> None:
    """`python -m tools.assumptions` writes it."""
    assert assumptions.PAGE.read_text(encoding="utf-8") == assumptions.page()
