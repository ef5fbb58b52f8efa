"""The normal forms of values: the part that has a meaning to ComfyControl.

The documentation does not say whether the API returns a value exactly as it was sent (A11,
A14). Values are compared by these normal forms, which drop what has no meaning and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def text(value: str) -> str:
    """Every character counts."""
    return value


def tags(value: Sequence[str]) -> list[str]:
    """A set: a workflow asks for tags in no order [docs: concepts/runners]."""
    return sorted(set(value))


def headers(value: Mapping[str, str]) -> dict[str, str]:
    """Names without case (RFC 9110, 5.1), values to the letter."""
    return {name.lower(): value[name] for name in sorted(value, key=str.lower)}


def url(value: str) -> list[Any]:
    """As RFC 3986 (6.2.2, 6.2.3): without the case of scheme and host, default port, bare "/"."""
    try:
        parts = urlsplit(value)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return [value]
    credentials = [parts.username, parts.password]
    return [parts.scheme, credentials, parts.hostname, port, parts.path or "/", *parts[3:]]
