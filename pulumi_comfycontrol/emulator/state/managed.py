"""Managed runners, which a user can only look at [docs: managed-runners/*]."""

from __future__ import annotations

from typing import Any

from .accounts import Account
from .collection import Collection
from .errors import ApiError, not_found
from .objects import Row
from .rules import check_id, page_of

#: They belong to nobody; all accounts see the same ones, as far as their tiers allow.
_NOBODY = ""
_SHOWN = ("id", "name", "runner_type", "status", "tags", "created_at", "updated_at")
_MADE = "2024-01-01T00:00:00Z"
#: What a new emulator has; invented.
_FIRST = (
    {"id": "5f0f3a52-7f0e-4a52-9b1c-0d5d1f0c1a01", "name": "Managed A100", "runner_type": "pro"},
    {"id": "5f0f3a52-7f0e-4a52-9b1c-0d5d1f0c1a02", "name": "Managed H100", "runner_type": "plus"},
)


class ManagedRunners(Collection):
    """What the routes under /v1/managed-runner do."""

    kind = "managed-runner"
    fields = (*_SHOWN, "reachable")

    def reset(self) -> None:
        """Go back to one runner of each type."""
        super().reset()
        self.add(_NOBODY, [{**one, "created_at": _MADE, "updated_at": _MADE} for one in _FIRST])

    def new(self, account: str, fields: dict[str, Any]) -> Row:  # noqa: ARG002
        """Make a managed runner without storing it."""
        empty = {"name": "", "runner_type": "pro", "status": "active", "tags": []}
        return self._base(_NOBODY) | empty | fields

    def add(self, account: str, many: list[Any]) -> list[Row]:  # noqa: ARG002
        """Add managed runners, which belong to no account."""
        return super().add(_NOBODY, many)

    def page(self, account: Account, query: dict[str, str]) -> dict[str, Any]:
        """One page of the active ones that the tier sees; 403 for a tier that sees none."""
        types = self._types(account)
        first, most = page_of(query)
        rows = [row for row in self._objects.all() if _is_visible(row, types)]
        return {
            "runners": [self.shown(row) for row in rows[first : first + most]],
            "total": len(rows),
        }

    def get(self, account: Account, id_: str) -> Row:
        """403 for a tier that sees none, 404 for one that is not active or not for the tier."""
        types = self._types(account)
        row = self._objects.get(check_id(id_, self._settings))
        if row is None or not _is_visible(row, types):
            raise not_found()
        return row

    def shown(self, row: Row) -> Row:
        """What an answer has of a managed runner."""
        return {name: row[name] for name in _SHOWN}

    def _types(self, account: Account) -> list[str]:
        types = self._settings.managed_visible[self._tier(account)]
        if not types:
            raise ApiError(403, "Managed runners require Pro or Plus tier")
        return types


def _is_visible(row: Row, types: list[str]) -> bool:
    return row["status"] == "active" and row["runner_type"] in types
