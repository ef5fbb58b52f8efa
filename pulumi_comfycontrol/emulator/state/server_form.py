"""Forms in which a server may keep or show values; by default as sent (A11, A14, A36)."""

from __future__ import annotations

import math
import posixpath
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .json_text import RawJson, dumps, loads
from .settings import Settings

_Values = dict[str, Any]

_TEXTS: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "trimmed": str.strip,
    "nfc": lambda text: unicodedata.normalize("NFC", text),
}
_TAGS: dict[str, Callable[[list[str]], list[str]]] = {
    "verbatim": list,
    "sorted": lambda tags: sorted(set(tags)),
    "deduplicated": lambda tags: list(dict.fromkeys(tags)),
    "lower": lambda tags: [tag.lower() for tag in tags],
    "added": lambda tags: [*tags, *(tag for tag in ("auto",) if tag not in tags)],
}
_PATHS: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "no-slash": lambda path: path.rstrip("/"),
    "slash": lambda path: path if path.endswith("/") else f"{path}/",
    "resolved": lambda path: _resolved(path) if path else path,
}


def stored(values: _Values, settings: Settings) -> _Values:
    """The values of a create or an update as the server keeps them."""
    kept = dict(values)
    for name in kept.keys() & {"name", "description"}:
        kept[name] = _TEXTS[settings.text](kept[name])
    if "tags" in kept:
        kept["tags"] = _TAGS[settings.tags](kept["tags"])
    if "endpoint" in kept:
        kept["endpoint"] = _endpoint(kept["endpoint"], settings)
    return kept


def shown(row: _Values, settings: Settings) -> _Values:
    """The fields of an object as answers have them."""
    seen = dict(row)
    if settings.ids == "integer" and str(row["id"]).isdigit():
        seen["id"] = int(row["id"])
    if settings.times == "epoch":
        for name in seen.keys() & {"created_at", "updated_at"}:
            seen[name] = _epoch(seen[name])
    if settings.mask_headers and "headers" in seen:
        seen["headers"] = dict.fromkeys(seen["headers"], "***")
    if settings.unknown_status and seen.get("status") == "active":
        seen["status"] = "online"
    if settings.omit_optional:
        seen = {name: value for name, value in seen.items() if value not in ([], {})}
    if settings.extra_fields:
        seen["region"] = {"name": "eu-1", "since": None}
    return seen


def marker(removed_at: str, settings: Settings) -> _Values:
    """The field that marks a removed object (A28)."""
    name = settings.delete_marker
    if name == "status":
        return {name: "deleted"}
    return {name: True if name in {"deleted", "is_deleted"} else removed_at}


def template_body(text: str, settings: Settings) -> RawJson:
    """The JSON text of a template's body."""
    doubles = settings.template_numbers == "doubles"
    if not doubles and not settings.sort_template_keys:
        return RawJson(text)
    body = loads(text, _double if doubles else RawJson)
    return RawJson(dumps(body, sort_keys=settings.sort_template_keys))


def _endpoint(endpoint: str, settings: Settings) -> str:
    scheme, netloc, path, query, fragment = urlsplit(endpoint)
    if settings.normalize_endpoint:
        user, at, host = netloc.rpartition("@")
        netloc, path = f"{user}{at}{host.lower()}", path or "/"
    elif settings.endpoint_path == "verbatim":
        return endpoint
    return urlunsplit((scheme, netloc, _PATHS[settings.endpoint_path](path), query, fragment))


def _resolved(path: str) -> str:
    slash = "/" if path.endswith("/") and path != "/" else ""
    return "/" + posixpath.normpath(path).lstrip("/") + slash


def _epoch(time: str) -> Any:
    try:
        seconds = datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError):  # set in the dashboard
        return time
    return int(seconds) if seconds.is_integer() else seconds


def _double(number: str) -> Any:
    value = float(number)
    return value if math.isfinite(value) else RawJson(number)
