"""The table of docs/variants.md."""

from __future__ import annotations

from pathlib import Path

from .table import expected, table

PAGE = Path(__file__).parents[2] / "docs" / "variants.md"


def test_the_documented_table_is_what_the_tests_prove() -> None:
    """`python -m tests.variants` plays it all, and prints these rows."""
    assert table(expected()) in PAGE.read_text()
