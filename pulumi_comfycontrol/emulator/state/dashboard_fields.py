"""The types of fields that the dashboard (the control API) may set; no other rule holds there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .errors import Invalid


def check_fields(kind: str, names: set[str], fields: Any) -> dict[str, Any]:
    """A copy of ``fields``, some of those called ``names``; raises Invalid with a sentence."""
    if not isinstance(fields, dict) or not fields.keys() <= names:
        raise Invalid(f"a {kind} is an object with some of {', '.join(sorted(names))}")
    for name, value in fields.items():
        what, is_good = _TYPES.get(name, _TEXT)
        if not is_good(value):
            raise Invalid(f"{name} must be {what}")
    return dict(fields)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


_Type = tuple[str, Callable[[Any], bool]]
_TEXT: _Type = ("a string", lambda value: isinstance(value, str))
#: The types of the fields that are no strings.
_TYPES: dict[str, _Type] = {
    "tags": ("a list of strings", lambda value: isinstance(value, list) and _are_texts(value)),
    "headers": (
        "an object of strings",
        lambda value: isinstance(value, dict) and _are_texts(value.values()),
    ),
    "reachable": ("true or false", lambda value: isinstance(value, bool)),
    "body": ("an object, or JSON text", lambda value: isinstance(value, dict | str)),
}
