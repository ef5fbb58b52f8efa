"""Resemblance of a value that the API shows to the value that was sent.

The documentation does not say that values come back as they were sent (A11, A14, A36). Each
function takes the value sent and the value shown, and allows what servers do to values: trim and
case, Unicode forms, slashes and dots of paths, masks, additions, numbers as doubles.
"""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

_MASK = re.compile(r"[*•]{2,}|\b(redacted|hidden|masked)\b", re.IGNORECASE)


def folded(value: str) -> str:
    """Return a text without differences of case, spaces and Unicode forms."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def text(sent: str, shown: str) -> bool:
    """Whether texts are equal but for case, spaces and Unicode forms."""
    return folded(sent) == folded(shown)


def url(sent: str, shown: str) -> bool:
    """Whether URLs are equal but for case and the path's spelling; a password may be masked."""
    return _url(sent, shown) == _url(shown, shown)


def tags(sent: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether all tags are shown, but for case, spaces and Unicode forms; more are allowed."""
    return set(map(folded, sent)) <= set(map(folded, shown))


def headers(sent: Mapping[str, str], shown: Mapping[str, str]) -> bool:
    """Whether all headers are shown, with their values or masked ones; more are allowed."""
    live = {name.lower(): value for name, value in shown.items()}
    return all(
        name.lower() in live and (_same_text(value, live[name.lower()]))
        for name, value in sent.items()
    )


def json_text(sent: str, shown: str) -> bool:
    """Whether documents are equal when all numbers are rounded to doubles."""
    try:
        return bool(_as_doubles(sent) == _as_doubles(shown))
    except ValueError:
        return False


def _same_text(sent: str, shown: str) -> bool:
    return sent.strip() == shown.strip() or bool(_MASK.search(shown))


def _url(value: str, shown: str) -> list[Any]:
    try:
        parts, masked = urlsplit(value.strip()), urlsplit(shown.strip()).password or ""
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())
    except ValueError:
        return [value]
    path = posixpath.normpath("/" + unquote(parts.path).strip("/")).casefold()
    password = None if _MASK.search(masked) else parts.password
    return [parts.scheme, parts.username, password, parts.hostname, port, path, *parts[3:]]


def _as_doubles(value: str) -> Any:
    return json.loads(value, parse_int=float)
