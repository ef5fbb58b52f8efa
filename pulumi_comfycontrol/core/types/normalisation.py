"""Normal forms of values, for comparisons: the part that has a meaning to ComfyControl.

The documentation does not say whether the API returns a value exactly as it was sent (A11,
A14). Values are compared by these normal forms, which drop only differences without meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def text(value: str) -> str:
    """Normal form of a text: the text itself, as every character counts."""
    return value


def tags(value: Sequence[str]) -> list[str]:
    """Normal form of tags: a set, as their order has no meaning [docs: concepts/runners]."""
    return sorted(set(value))


def headers(value: Mapping[str, str]) -> dict[str, str]:
    """Normal form of headers: names without case (RFC 9110, 5.1), values to the letter."""
    return {name.lower(): value[name] for name in sorted(value, key=str.lower)}


def url(value: str) -> list[Any]:
    """Normal form of a URL: its parts, normalised by RFC 3986 (6.2.2, 6.2.3).

    Without differences in the case of scheme and host, the default port and a bare "/".
    """
    try:
        parts = urlsplit(value)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return [value]
    credentials = [parts.username, parts.password]
    return [parts.scheme, credentials, parts.hostname, port, parts.path or "/", *parts[3:]]
