"""Runners: the documented rules, and what the API answers [docs: runners/*]."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .accounts import Account
from .collection import Collection, bumps
from .errors import bad
from .objects import Row
from .rules import (
    check_endpoint,
    check_headers,
    check_limit,
    check_status,
    check_tags,
    check_text,
    page_of,
)

_CHECKS = {
    "name": lambda name: check_text("name", name),
    "endpoint": check_endpoint,
    "headers": check_headers,
    "tags": check_tags,
    "status": check_status,
}
_SHOWN = (
    "id",
    "user_id",
    "name",
    "status",
    "endpoint",
    "tags",
    "headers",
    "created_at",
    "updated_at",
)


class Runners(Collection):
    """What the routes under /v1/runner do."""

    kind = "runner"
    fields = (*_SHOWN, "reachable")

    def create(self, account: Account, body: Any) -> Row:
        """400 for a broken rule, 403 over the tier's limit."""
        fields = _checked(body, required=("name", "endpoint"))
        if not self._settings.status_on_create:
            fields.pop("status", None)  # A12
        with self._objects.lock:
            self._check_unique(account, fields)
            count = self._objects.count(account.id)
            check_limit(self.kind, count, self._tier(account), self._settings)
            row = self.new(account.id, fields)
            self._objects.add(account.id, [row])
        return row

    def new(self, account: str, fields: dict[str, Any]) -> Row:
        """Make a runner without storing it."""
        empty = {"name": "", "status": "active", "endpoint": "", "tags": [], "headers": {}}
        return self._base(account) | empty | self._stored(fields)

    def page(self, account: Account, query: dict[str, str]) -> dict[str, Any]:
        """One page, newest first, and the total over all pages."""
        first, most = page_of(query)
        status = query.get("status") if self._settings.status_filter else None
        if status is not None:
            check_status(status)
        self._remove_due()
        rows, total = self._objects.page(account.id, first, most, status)
        return {"runners": [self.shown(row) for row in rows], "total": total}

    def update(self, account: Account, id_: str, body: Any) -> Row:
        """Change the fields that are given, and leave the others (A16)."""
        with self._objects.lock:
            row = self._existing(account, id_)
            fields = _checked(body)
            self._check_unique(account, fields, but=row["id"])
            if self._settings.merge_headers and "headers" in fields:
                fields["headers"] = row["headers"] | fields["headers"]
            if self._settings.put_resets:
                fields = {"headers": {}, "tags": [], "status": "active"} | fields
            fields = self._stored(fields)
            if bumps(self._settings, fields, row):
                row["updated_at"] = self._now()
            row |= fields
            self._objects.put(row)
        return row

    def shown(self, row: Row) -> Row:
        """What an answer has of a runner."""
        shown = {name: row[name] for name in (*_SHOWN, "deleted_at") if name in row}
        if self._settings.omit_optional:
            shown = {name: value for name, value in shown.items() if value not in ([], {})}
        if self._settings.extra_fields:
            shown["region"] = {"name": "eu-1", "since": None}
        return shown

    def _stored(self, fields: dict[str, Any]) -> dict[str, Any]:
        fields = dict(fields)
        if "tags" in fields and self._settings.tags != "verbatim":
            tags = list(dict.fromkeys(fields["tags"]))
            fields["tags"] = sorted(tags) if self._settings.tags == "sorted" else tags
        if "endpoint" in fields and self._settings.normalize_endpoint:
            parts = urlsplit(fields["endpoint"])
            user, at, host = parts.netloc.rpartition("@")
            netloc = f"{user}{at}{host.lower()}"
            fields["endpoint"] = urlunsplit((parts.scheme, netloc, parts.path or "/", *parts[3:]))
        return fields

    def _check_unique(self, account: Account, fields: dict[str, Any], but: str = "") -> None:
        if self._settings.unique_names and any(
            row["name"] == fields.get("name") and row["id"] != but
            for row in self._objects.all(account.id)
        ):
            raise bad("name is already taken")


def _checked(body: Any, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the known fields (A10); raise 400 for the first broken rule."""
    if not isinstance(body, dict):
        raise bad("request body must be a JSON object")
    for name in required:
        if name not in body:
            raise bad(f"{name} is required")
    fields = {name: body[name] for name in _CHECKS if name in body}
    for name, value in fields.items():
        _CHECKS[name](value)
    return fields
