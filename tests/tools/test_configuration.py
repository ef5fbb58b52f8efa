"""The page of settings is written from their table."""

from __future__ import annotations

from tools import configuration


def test_the_page_is_what_the_table_says() -> None:
    """`python -m tools.configuration` writes it."""
    assert configuration.PAGE.read_text(encoding="utf-8") == configuration.page()
