"""Runners: the documented rules, and what the API answers [docs: runners/*]."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .clock import Clock
from .errors import ApiError, bad, not_found
from .settings import TIERS, Settings
from .store import Row, Store

KIND = "runner"
FIELDS = ("name", "endpoint", "headers", "tags", "status")
_LONGEST_NAME = 100
_MOST_TAGS = 10
_MOST_PER_PAGE = 100
_PER_PAGE = 10


class Runners:
    """What the routes under /v1/runner do; ``account`` is the id of the token's owner."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        #: Runners whose machine does not answer; set by the control API.
        self.unreachable: set[str] = set()

    def create(self, account: str, body: Any) -> Row:
        """400 for a broken rule, 403 over the tier's limit."""
        fields = _checked(body, required=("name", "endpoint"))
        if not self._settings.status_on_create:
            fields.pop("status", None)  # A12
        with self._store.transaction():
            self._check_unique(account, fields)
            limit = TIERS[self._settings.tier]
            if limit is not None and self._store.count(KIND, account) >= limit:
                raise ApiError(403, "Runner limit exceeded for your tier")
            row = self.new(account, fields)
            self._store.add(KIND, account, [row])
        return row

    def new(self, account: str, fields: dict[str, Any]) -> Row:
        """Make a runner without storing it; ``fields`` may set any of them."""
        now = self._clock.timestamp(fractions=self._settings.fractions)
        row = {
            "id": str(uuid.uuid4()),
            "user_id": account,
            "name": "",
            "status": "active",
            "endpoint": "",
            "tags": [],
            "headers": {},
            "created_at": now,
            "updated_at": now,
        }
        return row | self._stored(fields)

    def page(self, account: str, query: dict[str, str]) -> dict[str, Any]:
        """One page, newest first, and the total over all pages."""
        number = _whole(query, "page", 1, None)
        per_page = _whole(query, "per_page", _PER_PAGE, _MOST_PER_PAGE)
        rows = self._store.all(KIND, account)
        status = query.get("status")
        if status is not None and self._settings.status_filter:
            _check_status(status)
            rows = [row for row in rows if row["status"] == status]
        first = (number - 1) * per_page
        return {"runners": rows[first : first + per_page], "total": len(rows)}

    def get(self, account: str, id_: str) -> Row:
        """404 when the account has no such runner, 400 for an id that is no UUID."""
        self._check_id(id_)
        row = self._store.get(KIND, id_, account)
        if row is None:
            raise not_found()
        return row

    def update(self, account: str, id_: str, body: Any) -> Row:
        """Change the fields that are given, and leave the others (A16, A17)."""
        with self._store.transaction():
            row = self.get(account, id_)
            fields = _checked(body)
            if fields.keys() & {"name"}:
                self._check_unique(account, fields, but=id_)
            if self._settings.merge_headers and "headers" in fields:
                fields["headers"] = row["headers"] | fields["headers"]
            if fields or self._settings.empty_put_bumps:
                row |= self._stored(fields)
                row["updated_at"] = self._clock.timestamp(fractions=self._settings.fractions)
                self._store.put(KIND, row)
        return row

    def delete(self, account: str, id_: str) -> None:
        """Remove for good (A28)."""
        self._check_id(id_)
        mode = self._settings.delete
        if mode == "405":
            raise ApiError(405, "method not allowed")
        if mode == "no-route":
            raise not_found()
        if mode == "kept":
            self.get(account, id_)
        elif not self._store.remove(KIND, id_, account):
            raise not_found()

    def stats(self, account: str, id_: str) -> dict[str, Any]:
        """Invented but plausible figures; 500 when the machine does not answer."""
        self.get(account, id_)
        if id_ in self.unreachable:
            raise ApiError(500, "runner is unreachable")
        return {
            "system": {
                "os": "posix",
                "ram_total": 67_430_000_000,
                "ram_free": 41_210_000_000,
                "comfyui_version": "0.3.40",
                "python_version": "3.12.3",
            },
            "devices": [
                {
                    "name": "cuda:0 NVIDIA A100",
                    "type": "cuda",
                    "vram_total": 85_100_000_000,
                    "vram_free": 80_020_000_000,
                }
            ],
            "dev_mode": False,
            "extensions": ["ComfyUI-Manager"],
        }

    def shown(self, row: Row) -> Row:
        """What an answer has of a runner."""
        row = dict(row)
        if self._settings.omit_optional:
            row = {key: value for key, value in row.items() if value not in ([], {})}
        if self._settings.extra_fields:
            row["region"] = {"name": "eu-1", "since": None}
        return row

    def _stored(self, fields: dict[str, Any]) -> dict[str, Any]:
        fields = dict(fields)
        if "tags" in fields and self._settings.tags != "verbatim":
            tags = list(dict.fromkeys(fields["tags"]))
            fields["tags"] = sorted(tags) if self._settings.tags == "sorted" else tags
        if "endpoint" in fields and self._settings.normalize_endpoint:
            parts = urlsplit(fields["endpoint"])
            path = parts.path or "/"
            fields["endpoint"] = urlunsplit((parts.scheme, parts.netloc.lower(), path, *parts[3:]))
        return fields

    def _check_id(self, id_: str) -> None:
        try:
            uuid.UUID(id_)
        except ValueError:
            status = self._settings.malformed_id_status
            raise (not_found() if status == 404 else bad("invalid UUID format")) from None  # noqa: PLR2004

    def _check_unique(self, account: str, fields: dict[str, Any], but: str = "") -> None:
        if self._settings.unique_names and any(
            row["name"] == fields["name"] and row["id"] != but
            for row in self._store.all(KIND, account)
        ):
            raise bad("name is already taken")


def _checked(body: Any, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the known fields (A10); raise 400 for the first broken rule."""
    if not isinstance(body, dict):
        raise bad("request body must be a JSON object")
    for name in required:
        if name not in body:
            raise bad(f"{name} is required")
    fields = {name: body[name] for name in FIELDS if name in body}
    for name, value in fields.items():
        _CHECKS[name](value)
    return fields


def _check_name(name: Any) -> None:
    if not isinstance(name, str):
        raise bad("name must be a string")
    if not name:
        raise bad("name cannot be empty")
    if len(name) > _LONGEST_NAME:
        raise bad(f"name must be at most {_LONGEST_NAME} characters")


def _check_endpoint(endpoint: Any) -> None:
    try:
        parts = urlsplit(endpoint) if isinstance(endpoint, str) else None
        valid = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise bad("invalid endpoint URL format")


def _check_headers(headers: Any) -> None:
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise bad("invalid headers format")


def _check_tags(tags: Any) -> None:
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        raise bad("invalid tags format")
    if len(tags) > _MOST_TAGS:
        raise bad(f"too many tags (max {_MOST_TAGS})")


def _check_status(status: Any) -> None:
    if status not in {"active", "disabled"}:
        raise bad("invalid status value")


_CHECKS = {
    "name": _check_name,
    "endpoint": _check_endpoint,
    "headers": _check_headers,
    "tags": _check_tags,
    "status": _check_status,
}


def _whole(query: dict[str, str], name: str, default: int, most: int | None) -> int:
    """A page number or size; out of range is 400 (A7)."""
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < 1 or (most and int(text) > most):
        raise bad(f"invalid {name}")
    return int(text)
