"""The page of settings is written from their table."""

from __future__ import annotations

import inspect

from pulumi_comfycontrol import Provider
from pulumi_comfycontrol.core.config import SETTINGS
from tools import configuration


def test_the_page_is_what_the_table_says() -> None:
    """`python -m tools.configuration` writes it."""
    assert configuration.PAGE.read_text(encoding="utf-8") == configuration.page()


def test_a_provider_takes_what_belongs_to_an_account() -> None:
    """The class has an argument for each row that is marked so, and no others."""
    arguments = set(inspect.signature(Provider.__init__).parameters)
    arguments -= {"self", "resource_name", "opts"}
    rows = {"api_" + row.name for row in SETTINGS if row.per_account}
    assert arguments == rows
