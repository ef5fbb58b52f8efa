"""The rules that objects of several kinds share; each check raises 400 with its own text."""

from __future__ import annotations

import json
import re
from typing import Any, Never
from urllib.parse import urlsplit

from .errors import ApiError, bad, not_found
from .settings import Settings

LONGEST_NAME = 100
MOST_TAGS = 10
MOST_PER_PAGE = 100
PER_PAGE = 10

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f]")
_MOST_DIGITS = 9


def check_id(id_: str, settings: Settings) -> str:
    """The id in lower case; 400 or 404 for what is no UUID [docs: api/errors]."""
    if not _UUID.fullmatch(id_.lower()):
        raise (
            not_found()
            if settings.malformed_id_status == not_found().status
            else bad("invalid UUID format")
        )
    return id_.lower()


def check_text(name: str, value: Any, longest: int = LONGEST_NAME) -> None:
    """A string of 1 to ``longest`` Unicode code points (A14)."""
    if not isinstance(value, str):
        raise bad(f"{name} must be a string")
    if not value:
        raise bad(f"{name} cannot be empty")
    if len(value) > longest:
        raise bad(f"{name} must be at most {longest} characters")


def check_endpoint(endpoint: Any) -> None:
    """An http or https URL with a host; it is not tried (A13)."""
    if not isinstance(endpoint, str) or _NOT_IN_URL.search(endpoint):
        raise bad("invalid endpoint URL format")
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises where it is no number, or too big
    except ValueError:
        valid = False
    if not valid:
        raise bad("invalid endpoint URL format")


def check_headers(headers: Any) -> None:
    """An object of strings."""
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise bad("invalid headers format")


def check_tags(tags: Any) -> None:
    """At most 10 strings, none of them empty (A11)."""
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        raise bad("invalid tags format")
    if len(tags) > MOST_TAGS:
        raise bad(f"too many tags (max {MOST_TAGS})")


def check_status(status: Any) -> None:
    """``active`` or ``disabled``."""
    if status not in ("active", "disabled"):
        raise bad("invalid status value")


def check_limit(kind: str, count: int, tier: str, settings: Settings) -> None:
    """403 when an account that has ``count`` objects may not have one more (A29, A30)."""
    limit = settings.tier_limits[tier][f"{kind}s"]
    if limit is not None and count >= limit:
        raise ApiError(403, f"{kind.capitalize()} limit exceeded for your tier")


def page_of(query: dict[str, str]) -> tuple[int, int]:
    """Return how many objects come before the wanted page, and how many it may have."""
    number = _whole(query, "page", 1, None)
    per_page = _whole(query, "per_page", PER_PAGE, MOST_PER_PAGE)
    return (number - 1) * per_page, per_page


def parse_json(data: str | bytes, message: str, **options: Any) -> Any:
    """Strict JSON, without the NaN and Infinity that Python would take; 400 with ``message``."""
    try:
        text = data if isinstance(data, str) else data.decode()
        return json.loads(text, parse_constant=_refuse, **options)
    except (ValueError, RecursionError):
        raise bad(message) from None


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _whole(query: dict[str, str], name: str, default: int, most: int | None) -> int:
    """A page number or size; out of range is 400 (A7)."""
    text = query.get(name, str(default))
    digits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not digits or int(text) < 1 or (most and int(text) > most):
        raise bad(f"invalid {name}")
    return int(text)
