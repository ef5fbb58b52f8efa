"""JSON as text: exact integers, one spelling, and comparison by meaning.

Pulumi turns every number into a float, so a JSON document travels through it as text.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


class InvalidJson(ValueError):
    """The text of this error completes a sentence: "body" + " is not JSON: …"."""


def parse(text: str) -> Any:
    """Return what ``text`` means; raises :class:`InvalidJson`, also for a key given twice."""
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
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


def canonical(value: Any) -> str:
    """Write ``value`` with sorted keys and without white space; raises :class:`InvalidJson`."""
    try:
        # The first pass turns all keys into strings, so that they can be sorted and compared.
        exact = parse(json.dumps(value))
    except TypeError as error:
        raise InvalidJson(f"has what JSON can't hold: {error}") from None
    except InvalidJson:
        raise
    except (RecursionError, ValueError):
        raise InvalidJson("is nested too deeply, or contains itself") from None
    return _write(exact)


def normal(text: str) -> str:
    """Return the part of JSON text that has a meaning: 1.0 is 1, but true is not."""
    return _write(json.loads(text, parse_float=_as_number))


def _write(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which only an escape can express
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
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
