"""Resemblance of objects to sent values, where a server may keep values in other forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..types.kind import Kind


def resembles(
    kind: Kind, sent: Mapping[str, Any], shown: Mapping[str, Any], names: Iterable[str]
) -> bool:
    """Whether the fields ``names`` equal the sent values, or can be the server's forms of them."""
    return all(_resembles(kind, name, sent, shown) for name in names)


def is_near(kind: Kind, sent: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether the object has such a name, and resembles the sent values in most fields."""
    names = [name for name, one in kind.fields.items() if one.on_create]
    alike = [name for name in names if _resembles(kind, name, sent, shown)]
    return kind.identity[0] in alike and len(alike) * 2 > len(names)


def is_same_identity(kind: Kind, sent: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether the fields that identify an object to a user are equal, or nearly so."""
    if all(
        shown.get(name) is not None and kind.same(name, sent[name], shown[name])
        for name in kind.identity
    ):
        return True
    return resembles(kind, sent, shown, kind.identity) and is_near(kind, sent, shown)


def _resembles(kind: Kind, name: str, sent: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    one = kind.fields[name]
    value, live = sent.get(name, one.default), shown.get(name, one.default)
    if value is None or live is None:
        return False
    return kind.same(name, value, live) or one.resembles(value, live)
