"""Rules for single values; each function returns the value to store, or raises Invalid."""

from __future__ import annotations

import json
import re
from typing import Any, Never
from urllib.parse import urlsplit

from .errors import Invalid, MalformedId
from .settings import Settings

LONGEST_NAME = 100
MOST_TAGS = 10
MOST_PER_PAGE = 100
PER_PAGE = 10
LARGEST_PAGE = 999_999_999

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f]")


def check_id(id_: str, settings: Settings) -> str:
    """The id in lower case; raises MalformedId for an impossible id."""
    if settings.ids == "integer" and _NUMBER.fullmatch(id_):
        return id_
    if not _UUID.fullmatch(id_.lower()):
        raise MalformedId
    return id_.lower()


def check_text(name: str, value: Any, longest: int = LONGEST_NAME) -> str:
    """A string of 1 to ``longest`` Unicode code points (A14)."""
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a string")
    if not value:
        raise Invalid(f"{name} cannot be empty")
    if len(value) > longest:
        raise Invalid(f"{name} must be at most {longest} characters")
    return value


def check_endpoint(endpoint: Any) -> str:
    """An http or https URL with a host; it is not tried (A13)."""
    if not isinstance(endpoint, str) or _NOT_IN_URL.search(endpoint):
        raise Invalid("invalid endpoint URL format")
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises where it is no number, or too big
    except ValueError:
        valid = False
    if not valid:
        raise Invalid("invalid endpoint URL format")
    return endpoint


def check_headers(headers: Any) -> dict[str, str]:
    """An object of strings."""
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise Invalid("invalid headers format")
    return headers


def check_tags(tags: Any) -> list[str]:
    """At most 10 strings, none of them empty (A11)."""
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        raise Invalid("invalid tags format")
    if len(tags) > MOST_TAGS:
        raise Invalid(f"too many tags (max {MOST_TAGS})")
    return tags


def check_status(status: Any) -> str:
    """``active`` or ``disabled``."""
    if status not in ("active", "disabled"):
        raise Invalid("invalid status value")
    return str(status)


def page_of(query: dict[str, str], cap: int) -> tuple[int, int]:
    """The offset and the size of the page that a query asks for."""
    number = _whole(query, "page", 1, LARGEST_PAGE)
    per_page = min(_whole(query, "per_page", PER_PAGE, MOST_PER_PAGE), cap)
    return (number - 1) * per_page, per_page


def parse_json(data: str | bytes, message: str, **options: Any) -> Any:
    """Strict JSON, without the NaN and Infinity that Python would take.

    Raises Invalid with ``message``.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
        return json.loads(text, parse_constant=_refuse, **options)
    except (ValueError, RecursionError):
        raise Invalid(message) from None


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _whole(query: dict[str, str], name: str, default: int, most: int) -> int:
    """A page number or size; raises Invalid when it is out of range (A7)."""
    text = query.get(name, str(default))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise Invalid(f"invalid {name}")
    return int(text)
