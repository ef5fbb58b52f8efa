"""Python source as ruff's formatter writes it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.importer.python_text import keyword_argument, string, variable

#: Half characters too, which JSON can express.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_literal_means_its_text(text: str) -> None:
    """Every Unicode text survives, and the source can be written as UTF-8."""
    literal = string(text)
    literal.encode()
    assert ast.literal_eval(literal) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ("'\"", '"\'\\""'),
        ("a\\b\n", '"a\\\\b\\n"'),
        ("\u200d\ud83d", '"\\u200d\\ud83d"'),
    ],
)
def test_the_quotes_are_those_that_need_fewer_escapes(text: str, literal: str) -> None:
    """Double ones where both need as many."""
    assert string(text) == literal


def test_a_long_argument_has_a_line_for_each_item() -> None:
    """So has one whose width does not follow from its length."""
    assert keyword_argument("tags", "[", ['"a"', '"b"'], "]") == 'tags=["a", "b"]'
    fits = f'"{"x" * (88 - len("    tags=[") - len("],") - 2)}"'
    assert keyword_argument("tags", "[", [fits], "]") == f"tags=[{fits}]"
    too_long = fits.replace("x", "xx", 1)
    for items in ([too_long], ['"漢"', '"b"']):
        lines = "".join(f"        {item},\n" for item in items)
        assert keyword_argument("tags", "[", items, "]") == f"tags=[\n{lines}    ]"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpu", "gpu"),
        ("gpu-2", "gpu_2"),
        ("é-1", "é_1"),
        ("42", "runner_42"),
        ("class", "runner_class"),
        ("list", "runner_list"),
        ("taken", "taken_2"),
    ],
)
def test_a_variable_is_named_after_its_resource(name: str, expected: str) -> None:
    """As a valid identifier, different from the program's other names."""
    assert variable(name, "runner", {"taken"}) == expected
