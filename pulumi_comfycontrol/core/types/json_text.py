"""JSON as text: exact integers, one spelling, and comparison by meaning.

Pulumi turns every number into a float, so a JSON document travels through it as text.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, NoReturn

#: Levels of lists and objects; workflows have a handful.
_DEEPEST = 200


class InvalidJson(ValueError):
    """Invalid JSON; the text completes a sentence: "body" + " is not JSON: …"."""


def parse(text: str) -> Any:
    """Return the value of ``text``; raises :class:`InvalidJson`, also for a key given twice."""
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidJson(f"is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise InvalidJson("is nested too deeply") from None
    except InvalidJson:
        raise
    except ValueError:  # Python reads integers of at most 4300 digits
        raise InvalidJson("has a number with too many digits") from None
    if _depth(value) > _DEEPEST:
        raise InvalidJson("is nested too deeply")
    return value


def canonical(value: Any) -> str:
    """Write ``value`` with sorted keys and without white space; raises :class:`InvalidJson`."""
    try:
        # The first pass turns all keys into strings, so that they can be sorted and compared.
        exact = parse(json.dumps(value, default=_as_dict))
    except TypeError as error:
        raise InvalidJson(f"has a value that JSON can't represent: {error}") from None
    except InvalidJson:
        raise
    except (RecursionError, ValueError):
        raise InvalidJson("is nested too deeply, or contains itself") from None
    return _write(exact)


def normal(text: str) -> str:
    """Return the normal form of JSON text for comparisons: 1.0 equals 1, but true does not."""
    return _write(json.loads(text, parse_float=_as_number))


def _write(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can express
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text


def _as_dict(value: Any) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    msg = f"a value of type {type(value).__name__}"
    raise TypeError(msg)


def _depth(value: Any) -> int:
    """Return the depth of nesting; without recursion, whose limit depends on Python's version."""
    depth, level = 0, [value]
    while level:
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    return depth


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice = next(key for key in counted if counted[key] > 1)
        raise InvalidJson(f"has the key {twice!r} twice in one object")
    return found


def _no_number(name: str) -> NoReturn:
    raise InvalidJson(f"has {name}, which is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise InvalidJson("has a number that is too large")
    return number


def _as_number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
