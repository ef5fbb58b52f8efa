"""The declaration of a setting: its default, its values, and the assumption that it varies."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import MISSING, Field, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

Tier = Literal["free", "pro", "plus", "enterprise"]
TIERS: tuple[Tier, ...] = get_args(Tier)


def switch(
    default: Any,
    about: str,
    assumption: str = "",
    *,
    least: float = 0,
    shape: str = "",
) -> Any:
    """A dataclass field of :class:`~.settings.Settings`.

    ``about`` is a sentence for people; ``assumption`` names the entries of
    docs/api-assumptions.md ("A28"), empty where the behaviour is documented or invented;
    ``least`` is the smallest number; ``shape`` is a key of ``_SHAPES``, for what each tier has.
    """
    metadata = {"about": about, "assumption": assumption, "least": least, "shape": shape}
    if isinstance(default, dict | list):
        return field(default_factory=lambda: deepcopy(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@functools.cache
def choices(settings: type) -> dict[str, tuple[Any, ...]]:
    """The only values of each setting whose type is a ``Literal``."""
    types = get_type_hints(settings)
    return {name: get_args(one) for name, one in types.items() if get_origin(one) is Literal}


def type_of(one: Field[Any]) -> type:
    """The type of a setting's values, which is that of its default."""
    factory = one.default_factory
    return type(one.default) if factory is MISSING else type(factory())


def checked(settings: type, name: str, value: Any) -> Any:
    """A copy of a valid value of a setting; raises ValueError for any other."""
    known = {one.name: one for one in fields(settings)}
    if name not in known:
        msg = f"unknown setting '{name}'; the settings are {', '.join(sorted(known))}"
        raise ValueError(msg)
    wanted, rules = type_of(known[name]), known[name].metadata
    if wanted is float and type(value) is int and abs(value) <= threading.TIMEOUT_MAX:
        value = float(value)
    problem = _problem(value, wanted, rules, choices(settings).get(name))
    if problem:
        msg = f"the setting '{name}' {problem}"
        raise ValueError(msg)
    return deepcopy(value)


def _problem(value: Any, wanted: type, rules: Any, allowed: tuple[Any, ...] | None) -> str:
    if type(value) is not wanted:
        return f"must be of type {wanted.__name__}"
    if allowed and value not in allowed:
        return f"must be one of {', '.join(map(str, allowed))}"
    if isinstance(value, list) and not _are_texts(value):
        return "must be a list of strings"
    if wanted is int and value < rules["least"]:
        return f"can't be less than {rules['least']}"
    if isinstance(value, float) and not rules["least"] <= value <= threading.TIMEOUT_MAX:
        return f"must be a number of seconds from {rules['least']} to {threading.TIMEOUT_MAX:.0f}"
    if isinstance(value, dict):
        is_good = _SHAPES[rules["shape"]]
        if value.keys() != set(TIERS) or not all(map(is_good, value.values())):
            return f"needs {rules['shape']} for each of {', '.join(TIERS)}"
    return ""


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _are_limits(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"runners", "templates"}
        and all(one is None or (type(one) is int and one >= 0) for one in value.values())
    )


LIMITS = '{"runners": number or null, "templates": number or null}'
TYPES = "a list of types"
_SHAPES: dict[str, Callable[[Any], bool]] = {LIMITS: _are_limits, TYPES: _are_texts}
