"""Placeholders in a template's body, and mistakes in them."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.types.placeholders import Placeholder, mistakes, placeholders

PART = "$text(…) must be the whole value; as a part of one it stays plain text"
OLD = "#choice(…) is the form of an older API page; write $choice(name, option, option)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$text(prompt)", Placeholder("text", "prompt")),
        ("$text( prompt , a (red) cat, x)", Placeholder("text", "prompt", "a (red) cat, x")),
        ("$choice(size, s, m)", Placeholder("choice", "size", options=("s", "m"))),
        ("$choice(size, 1, 2, 3, 4)", Placeholder("choice", "size", options=("1", "2", "3", "4"))),
        ("$file(input-image_1)", Placeholder("file", "input-image_1")),
        ("$random()", Placeholder("random")),
        ("$timestamp()", Placeholder("timestamp")),
    ],
)  # fmt: skip
def test_each_documented_form_is_read(text: str, found: Placeholder) -> None:
    """As on the page concepts/templates, without a warning."""
    body = {"6": {"class_type": "Node", "inputs": {"field": text}}}
    assert placeholders(body) == [found]
    assert list(mistakes(body)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a $text(prompt)", PART),
        ("$text(a) $text(b)", PART),
        ("$text(prompt", "$text( lacks its closing parenthesis, so it stays plain text"),
        ("$txet(prompt)", "$txet(…) is no placeholder; did you mean $text(…)?"),
        ("$text()", "$text(…) needs a key"),
        ("$random(1)", "$random() takes no arguments"),
        ("$file(a.png)", "$file(…) needs one name of at most 255 letters, digits, '-' and '_'"),
        ("$choice(size, s)", "$choice(…) needs a name and 2 to 4 options"),
        ("$choice(size, 1, 2, 3, 4, 5)", "$choice(…) needs a name and 2 to 4 options"),
        ("$choice(size, s, s)", "$choice(size, …) has an option twice"),
        ("#choice(size)", OLD),
    ],
)  # fmt: skip
def test_a_mistake_names_node_and_field(text: str, said: str) -> None:
    """A malformed placeholder is a mistake with node and field, and no placeholder."""
    body = {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": text}}}
    assert list(mistakes(body)) == [f"node 6 (CLIPTextEncode), field text: {said}"]
    assert placeholders(body) == []


def test_plain_text_is_left_alone() -> None:
    """Dollars and parentheses are common in prompts."""
    body = {"6": {"inputs": {"text": "costs $5 (or so), $HOME, #tag, f(x)"}}}
    assert list(mistakes(body)) == []


def test_one_name_for_two_things_is_a_mistake() -> None:
    """Both would be filled from the same field of the form."""
    body = {"1": {"inputs": {"a": "$text(x)", "b": "$file(x)"}}, "2": {"inputs": {"c": "$text(x)"}}}
    assert list(mistakes(body)) == [
        "node 1, field b: 'x' is also used by another, different placeholder"
    ]


def test_other_formats_are_searched_too() -> None:
    """ComfyUI's own format has lists of nodes; the path says where."""
    body = {"nodes": [{"widgets_values": ["$text(a)", "x$random()"]}]}
    assert placeholders(body) == [Placeholder("text", "a")]
    assert next(mistakes(body)).startswith("body nodes[0].widgets_values[1]: $random(…)")
