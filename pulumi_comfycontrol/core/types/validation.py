"""How inputs are checked without the API: every fault at once, each as a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

from ..secret import redact
from .unknown import Unknown

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule; ``property`` is empty where showing the property's value would leak."""

    property: str
    reason: str


class Inputs(BaseModel):
    """The base of each kind's inputs."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def _skip_unknown(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, Unknown) else handler(value)


#: Lets a value through unchecked that is not known yet.
OrUnknown = WrapValidator(_skip_unknown)


def report(sentences: Iterable[str], *, leaks: bool = False) -> None:
    """Fail from inside a validator if there is any sentence; each is one broken rule.

    ``leaks`` says that the property's value must not be shown beside the sentences.
    """
    found = list(sentences)
    if found:
        raise PydanticCustomError("rules", "{found}", {"found": found, "leaks": leaks})


def shown(value: Any) -> str:
    """Show a value in a sentence, shortened and without anything that looks like a token."""
    if isinstance(value, str):
        text = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
        return redact(repr(text))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value:g}"
    return _TYPE_NAMES.get(type(value), _OTHER)


def has_control_characters(value: str) -> bool:
    """Whether there is a character that nobody types on purpose and that HTTP forbids."""
    return any(ord(char) < 32 or ord(char) == 127 for char in value)  # noqa: PLR2004 - ASCII


def faults(inputs: type[Inputs], values: Mapping[str, Any], secret: set[str]) -> list[Fault]:
    """Check ``values`` against ``inputs``; no value of a ``secret`` property is shown."""
    try:
        inputs.model_validate(dict(values))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        return [fault for detail in details for fault in _faults(inputs, secret, detail)]
    return []


_OTHER = "a value of another type"
_TYPE_NAMES = {dict: "a map", list: "a list", type(None): "null"}
_EXPECTED = {
    "string_type": "a string",
    "list_type": "a list",
    "dict_type": "a map",
}


def _faults(inputs: type[Inputs], secret: set[str], detail: Any) -> Iterator[Fault]:
    name, kind = str(detail["loc"][0]), detail["type"]
    hidden = name in secret
    if kind == "rules":
        property_ = "" if hidden or detail["ctx"]["leaks"] else name
        yield from (Fault(property_, sentence) for sentence in detail["ctx"]["found"])
    elif kind == "missing":
        yield Fault("", f"{name} is required, but it is missing")
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(name, inputs.model_fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        known = ", ".join(inputs.model_fields)
        yield Fault("", f"{name} is not an argument (the arguments are {known}){hint}")
    else:
        expected = _EXPECTED.get(kind, _OTHER)
        found = type_of(detail["input"]) if hidden else shown(detail["input"])
        yield Fault("" if hidden else name, f"{name} must be {expected}, but it is {found}")


def type_of(value: Any) -> str:
    """Name a value's type in a sentence, for where the value itself must not be shown."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return _TYPE_NAMES.get(type(value), _OTHER)
