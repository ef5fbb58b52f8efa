"""Managed runners, read-only for users [docs: managed-runners/*].

They belong to no account; all accounts see the same ones, as far as their tiers allow.
"""

from __future__ import annotations

from typing import Any, ClassVar

from . import fields
from .accounts import Account
from .collection import Collection
from .errors import Forbidden, NotFound
from .objects import Row
from .rules import check_id, page_of

_NO_ACCOUNT = ""
_CREATED = "2024-01-01T00:00:00Z"
#: The managed runners of a new emulator; invented.
_FIRST = (
    {"id": "5f0f3a52-7f0e-4a52-9b1c-0d5d1f0c1a01", "name": "Managed A100", "runner_type": "pro"},
    {"id": "5f0f3a52-7f0e-4a52-9b1c-0d5d1f0c1a02", "name": "Managed H100", "runner_type": "plus"},
)


class ManagedRunners(Collection):
    """The runners of ComfyControl itself."""

    kind = "managed-runner"
    list_name = "runners"
    schema: ClassVar = {
        "id": fields.ID,
        "name": fields.TEXT,
        "runner_type": {"type": "string", "enum": ["plus", "pro"]},
        "status": fields.STATUS,
        "tags": fields.TAGS,
        "created_at": fields.TIME,
        "updated_at": fields.TIME,
    }
    blank: ClassVar = {"name": "", "runner_type": "pro", "status": "active", "tags": []}
    has_machine = True

    def prepare(self) -> None:
        """Add the first ones where the database has none."""
        if not self.all():
            self.reset()

    def reset(self) -> None:
        """Go back to one runner of each type."""
        super().reset()
        times = {"created_at": _CREATED, "updated_at": _CREATED}
        self.add(_NO_ACCOUNT, [one | times for one in _FIRST])

    def add(self, account: str, many: list[Any]) -> list[Row]:  # noqa: ARG002 - it belongs to none
        """Add managed runners."""
        return super().add(_NO_ACCOUNT, many)

    def page(self, account: Account, query: dict[str, str]) -> Any:
        """One page of the active ones that the tier sees; Forbidden for a tier that sees none."""
        types = self._types(account)
        first, most = page_of(query, self._settings.list_page_cap)
        rows = [row for row in self._objects.all() if _is_visible(row, types)]
        if self._settings.list_order == "oldest":
            rows.reverse()
        return self._page(rows[first : first + most], len(rows))

    def get(self, account: Account, id_: str) -> Row:
        """A managed runner; Forbidden for a tier without any, NotFound if not active or visible."""
        types = self._types(account)
        row = self._objects.get(check_id(id_, self._settings))
        if row is None or not _is_visible(row, types):
            raise NotFound
        return row

    def _types(self, account: Account) -> list[str]:
        types = self._settings.managed_visible[self._tier(account)]
        if not types:
            raise Forbidden("Managed runners require Pro or Plus tier")
        return types


def _is_visible(row: Row, types: list[str]) -> bool:
    return row["status"] == "active" and row["runner_type"] in types
