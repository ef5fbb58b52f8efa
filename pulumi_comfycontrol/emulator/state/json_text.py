"""JSON with exact numbers, and with pieces that are JSON text already."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class RawJson(str):
    """A piece of JSON text, written as it is."""

    __slots__ = ()


def loads(text: str, number: Callable[[str], Any] = RawJson) -> Any:
    """Parse JSON; ``number`` converts the text of each number to a value."""
    return json.loads(text, parse_int=number, parse_float=number)


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Write JSON, with each :class:`RawJson` as it is."""
    if isinstance(value, RawJson):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(dumps(one, sort_keys=sort_keys) for one in value)}]"
    if isinstance(value, dict):
        keys = sorted(value) if sort_keys else value
        items = (f"{json.dumps(key)}: {dumps(value[key], sort_keys=sort_keys)}" for key in keys)
        return f"{{{', '.join(items)}}}"
    return json.dumps(value)
