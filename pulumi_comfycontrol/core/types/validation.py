"""Validation of inputs without the API: all faults at once, each as a sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..secret import redact
from .unknown import Unknown

if TYPE_CHECKING:
    from .kind import Field, Kind

_SHOWN = 80
#: Larger integers can't be formatted like a float.
_LARGEST = 1e300
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OTHER = "a value of another type"
_TYPE_NAMES = {dict: "a map", list: "a list", str: "a string", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule of a field, or an unknown argument; the reason contains no secret."""

    field: str
    reason: str


def faults(kind: Kind, values: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of an object's declared values; values that are not known yet pass."""
    found = [fault for name in kind.fields for fault in _field_faults(kind, name, values)]
    return found + [_unexpected(kind, name) for name in values if name not in kind.fields]


def has_control_characters(value: str) -> bool:
    """Whether a text has ASCII control characters, which HTTP forbids."""
    return bool(_CONTROL.search(value))


def shown(value: Any) -> str:
    """Return a value for a sentence: shortened, and without anything that looks like a token."""
    if isinstance(value, str):
        text = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
        return redact(repr(text))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and abs(value) < _LARGEST:
        return f"the number {value:g}"
    return type_of(value)


def type_of(value: Any) -> str:
    """Return a value's type for a sentence that must not show the value itself."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    return _TYPE_NAMES.get(type(value), _OTHER)


def _field_faults(kind: Kind, name: str, values: Mapping[str, Any]) -> Iterator[Fault]:
    field: Field = kind.fields[name]
    value = values.get(name)
    is_required = field.default is None
    if name not in values and is_required:
        yield Fault(name, f"{name} is required, but it is missing")
    if name not in values or isinstance(value, Unknown) or (value is None and not is_required):
        return
    if _has_half_characters(value):
        sentences: Iterable[str] = [f"{name} has a lone surrogate, which is no character"]
    elif isinstance(value, field.type):
        sentences = field.rules(value)
    else:
        found = type_of(value) if field.secret else shown(value)
        sentences = [f"{name} must be {_TYPE_NAMES[field.type]}, but it is {found}"]
    yield from (Fault(name, sentence) for sentence in sentences)


def _has_half_characters(value: Any) -> bool:
    """Whether a text, or one in a list or map (first level only), has a lone surrogate."""
    texts = [value]
    if isinstance(value, dict):
        texts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        texts = value
    return any(isinstance(text, str) and _SURROGATE.search(text) for text in texts)


def _unexpected(kind: Kind, name: str) -> Fault:
    near = difflib.get_close_matches(name, kind.fields, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    known = ", ".join(kind.fields)
    return Fault(name, f"{name} is not an argument (the arguments are {known}){hint}")
