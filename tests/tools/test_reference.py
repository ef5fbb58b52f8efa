"""The reference is what the docstrings say."""

from __future__ import annotations

from tools.reference import FOLDER, pages


def test_the_pages_are_up_to_date() -> None:
    """After a change of a docstring: python -m tools.reference."""
    assert {path.name: path.read_text() for path in FOLDER.glob("*.md")} == pages()
