"""The pages for Pulumi's Registry are written from the schema and the settings' table."""

from __future__ import annotations

import re

import pytest
import yaml

from tools import registry


@pytest.mark.parametrize("name", registry.PAGES)
def test_the_pages_are_up_to_date(name: str) -> None:
    """`python -m tools.registry` writes them."""
    assert (registry.DOCS / name).read_text(encoding="utf-8") == registry.pages()[name]


@pytest.mark.parametrize("name", registry.PAGES)
def test_a_page_has_the_front_matter_that_the_registry_asks_for(name: str) -> None:
    """A title, a description for search engines, and the layout."""
    _, front, _ = registry.pages()[name].split("---\n", maxsplit=2)
    assert yaml.safe_load(front).keys() == {"title", "meta_desc", "layout"}
    assert yaml.safe_load(front)["layout"] == "package"


def test_each_language_of_the_chooser_has_its_program() -> None:
    """The Registry shows nothing for a language without one."""
    text = registry.pages()["_index.md"]
    [languages] = re.findall(r'chooser language "([^"]+)" >', text)
    programs = re.findall(r"choosable language (\w+) %\}\}\n\n```(\w+)\n", text)
    assert programs == [(language, language) for language in languages.split(",")]
    assert {*languages.split(",")} == {"typescript", "python", "go", "yaml"}
    assert text.count("{{% /choosable %}}") == 4
    assert text.count("{{< /chooser >}}") == 1
