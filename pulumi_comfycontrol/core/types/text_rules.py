"""Rules for strings that runners and templates share; each yields a sentence for a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from .validation import has_control_characters, shown


def text_faults(what: str, value: str, longest: int, *, lines: bool = False) -> Iterator[str]:
    """Check a text: 1 to ``longest`` Unicode code points (A14), not blank."""
    if not 1 <= len(value) <= longest:
        yield (f"{what} must have 1 to {longest} characters, but {shown(value)} has {len(value)}")
    elif not value.strip():
        yield f"{what} must not be blank, but it is {shown(value)}"
    if has_control_characters(re.sub(r"[\n\r\t]", "", value) if lines else value):
        yield f"{what} must not have control characters, but {shown(value)} has some"


def url_faults(what: str, value: str) -> Iterator[str]:
    """Check a URL: http or https, with a host."""
    if has_control_characters(value) or " " in value:
        yield f"{what} must not have spaces or control characters, but {_url(value)} has some"
        return
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        yield f"{what} must be a URL, but {_url(value)} has an invalid host or port"
        return
    if parts.scheme not in {"http", "https"}:
        yield f"{what} must be an http or https URL, but it is {_url(value)}"
    elif not host:
        yield f"{what} must be a URL with a host, but it is {_url(value)}"


def has_credentials(value: Any) -> bool:
    """Whether a URL may carry a password or a key in its query, which no text may show."""
    return isinstance(value, str) and ("@" in value or "?" in value)


def credentials(value: Any) -> Iterator[str]:
    """Return the user and the password in a URL, together and each alone."""
    try:
        parts = urlsplit(value)
    except (AttributeError, TypeError, ValueError):
        return
    if parts.username is not None:
        yield parts.netloc.rpartition("@")[0]
        yield from filter(None, (parts.password, parts.username))


def url_secrets(value: Any) -> Iterator[str]:
    """Return the credentials in a URL, and the values of its query, any of which may be a key."""
    yield from credentials(value)
    try:
        query = urlsplit(value).query
    except (AttributeError, TypeError, ValueError):
        return
    for part in filter(None, re.split("[&;]", query)):
        name, _, encoded = part.partition("=")
        text = encoded or name
        yield from {text, unquote_plus(text)}


def _url(value: str) -> str:
    return (
        "the given one (not shown, it may have a key)" if has_credentials(value) else shown(value)
    )
