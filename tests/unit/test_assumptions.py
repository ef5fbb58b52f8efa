"""Every assumption that the code names is listed in docs/api-assumptions.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api-assumptions.md").read_text()


def test_the_list_has_each_number_once() -> None:
    """A1 to A36, in order."""
    numbers = [int(number) for number in re.findall(r"^\| A(\d+) ", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, 37))


def test_the_code_names_no_other() -> None:
    """A number in the code can be looked up."""
    texts = [path.read_text() for path in (ROOT / "pulumi_comfycontrol").rglob("*.py")]
    named = {number for text in texts for number in re.findall(r"\bA(\d{1,2})\b", text)}
    assert named <= set(re.findall(r"^\| A(\d+) ", PAGE, re.MULTILINE))


def test_the_switches_exist() -> None:
    """A switch of the emulator that is named here is one."""
    from pulumi_comfycontrol.emulator.state.settings import Settings

    cells = [line.split("|")[4] for line in PAGE.splitlines() if line.startswith("| A")]
    switches = {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}
    assert switches - {"cfc_", "total"} <= Settings.__dataclass_fields__.keys()
