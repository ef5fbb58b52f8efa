"""The index of the documentation, and the examples, are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.engine import ROOT

EXAMPLES = sorted(path for path in (ROOT / "examples").glob("[a-z]*") if path.is_dir())


def test_the_index_names_every_page_and_example() -> None:
    """Each has a line in docs/README.md."""
    text = (ROOT / "docs" / "README.md").read_text()
    named = set(re.findall(r"\]\(([^)]+)\)", text))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages | {f"../examples/{example.name}" for example in EXAMPLES} <= named


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_is_a_whole_project(example: Path) -> None:
    """It says what it shows, what it is called and what it needs."""
    assert {"README.md", "Pulumi.yaml", "__main__.py", "requirements.txt"} <= {
        path.name for path in example.iterdir()
    }
    assert f"name: {example.name}\n" in (example / "Pulumi.yaml").read_text()
