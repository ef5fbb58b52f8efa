"""docs/emulator.md names every switch, fault and part of a reset."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.faults import KINDS
from pulumi_comfycontrol.emulator.settings import CHOICES, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_a_switch_is_documented(name: str) -> None:
    """With all of its values, where it has a few."""
    [row] = [line for line in PAGE.splitlines() if line.startswith("|") and f"`{name}`" in line]
    assert all(str(value) in row for value in CHOICES.get(name, ()))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"call"}))
def test_a_fault_is_documented(kind: str) -> None:
    """All but the one that takes a Python function."""
    assert f"`{kind}`" in PAGE


def test_the_parts_of_a_reset_are_documented(emulator: Emulator) -> None:
    """Those that the control API takes."""
    assert all(f"`{part}`" in PAGE for part in emulator._state.resets)
