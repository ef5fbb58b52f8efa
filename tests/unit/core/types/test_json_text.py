"""JSON as text: one spelling, exact numbers, comparison by meaning."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.core.types.json_text import InvalidJson, canonical, normal, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(JSON)
def test_canonical_text_means_the_same(value: Any) -> None:
    """Nothing is lost, and the text of the text is the text."""
    text = canonical(value)
    assert parse(text) == value
    assert canonical(parse(text)) == text
    text.encode()  # travels as UTF-8


@settings(max_examples=30)
@given(st.dictionaries(st.text(), JSON, max_size=5), st.randoms(use_true_random=False))
def test_order_and_white_space_have_no_meaning(value: dict[str, Any], random: Any) -> None:
    """Shuffled keys and an indented text are the same document."""
    keys = list(value)
    random.shuffle(keys)
    other = json.dumps({key: value[key] for key in keys}, indent=3)
    assert canonical(parse(other)) == canonical(value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1", True),
        ("1e2", "100", True),
        ("true", "1", False),
        ("9007199254740993", "9007199254740992", False),
        ('"1"', "1", False),
        ("null", "false", False),
        ("-0.0", "0", True),
    ],
)
def test_numbers_are_compared_by_value(one: str, other: str, same: bool) -> None:
    """A server may spell a number in another way; beyond 2^53 every digit counts."""
    assert (normal(one) == normal(other)) is same


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice in one object"),
        ("[NaN]", "has NaN, which is no JSON number"),
        ("[1e999]", "has a number that is too large"),
        ("[" * 100_000, "is nested too deeply"),
        ("9" * 5000, "has a number with too many digits"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    """The reason completes a sentence that begins with the property."""
    with pytest.raises(InvalidJson) as caught:
        parse(text)
    assert str(caught.value) == reason


def test_python_values_that_json_lacks_are_refused() -> None:
    """Sets, NaN, loops and keys that collide as strings."""
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    for value in ({1, 2}, float("nan"), loop, {1: "a", "1": "b"}, {(1, 2): 3}):
        with pytest.raises(InvalidJson):
            canonical(value)


def test_a_document_has_at_most_200_levels() -> None:
    """A limit of our own, because Python's limit differs between its versions."""
    deep = "[" * 201 + "]" * 201
    with pytest.raises(InvalidJson, match="nested too deeply"):
        parse(deep)
    with pytest.raises(InvalidJson, match="nested too deeply"):
        parse("[" * 200_000 + "]" * 200_000)
    parse("[" * 200 + "]" * 200)


def test_a_byte_order_mark_has_no_meaning() -> None:
    """Editors write it, and a file is read without it too."""
    assert parse("\ufeff{}") == {}


def test_any_mapping_is_an_object() -> None:
    """Not only a dict."""
    assert canonical({"a": MappingProxyType({"b": 1})}) == '{"a":{"b":1}}'
    with pytest.raises(InvalidJson, match="a value of type object"):
        canonical({"a": object()})


def test_a_key_given_twice_among_many_is_found() -> None:
    """In a moment, also in a large object."""
    keys = ", ".join(f'"{number}": 0' for number in (*range(50_000), 49_999))
    with pytest.raises(InvalidJson, match="'49999' twice"):
        parse(f"{{{keys}}}")
