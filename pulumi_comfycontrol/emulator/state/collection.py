"""What runners, templates and managed runners have in common."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from .accounts import Account
from .clock import Clock
from .database import Database
from .errors import NO_ROUTE, ApiError, bad, not_found
from .objects import Objects, Row
from .rules import check_id
from .settings import Settings


class Collection:
    """The objects of one kind, as the API and as the dashboard (the control API) see them."""

    kind: ClassVar[str]
    #: The fields that a caller of the control API may set.
    fields: ClassVar[tuple[str, ...]]

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._objects = Objects(database, self.kind)
        self._settings = settings
        self._clock = clock
        #: Ids of objects that a delayed deletion removes, with the clock's time.
        self._leaving: dict[str, float] = {}
        self._soft_deleted: dict[str, Row] = {}

    # For the API

    def get(self, account: Account, id_: str) -> Row:
        """404 when the account has no such object, 400 for an id that is no UUID."""
        soft_deleted = self._soft_deleted.get(id_)
        if soft_deleted is not None and soft_deleted["user_id"] == account.id:
            return soft_deleted
        return self._existing(account, id_)

    def delete(self, account: Account, id_: str) -> None:
        """Remove for good (A28)."""
        mode = self._settings.delete
        if mode == "no-route":
            raise ApiError(404, NO_ROUTE)
        if mode == "405":
            raise ApiError(405, "method not allowed")
        row = self._existing(account, id_)
        if mode == "202-later":
            due = self._clock.monotonic() + self._settings.delete_delay
            self._leaving.setdefault(row["id"], due)
        elif mode != "kept":
            if not self._objects.remove(row["id"], account.id):
                raise not_found()
            if mode == "soft":
                self._soft_deleted[row["id"]] = row | {"deleted_at": self._now()}

    def _existing(self, account: Account, id_: str) -> Row:
        """Return what is not even soft-deleted; raises as :meth:`get` does."""
        self._remove_due()
        row = self._objects.get(check_id(id_, self._settings), account.id)
        if row is None:
            raise not_found()
        return row

    def _remove_due(self) -> None:
        """Remove what was deleted with a delay that is over."""
        now = self._clock.monotonic()
        for id_ in [one for one, due in self._leaving.copy().items() if due <= now]:
            self._objects.remove(id_)
            self._leaving.pop(id_, None)

    def _tier(self, account: Account) -> str:
        return account.tier or self._settings.tier

    def _now(self) -> str:
        return self._clock.timestamp(fractions=self._settings.fractions)

    # For the dashboard

    def new(self, account: str, fields: dict[str, Any]) -> Row:
        """Make an object without storing it."""
        raise NotImplementedError

    def all(self) -> list[Row]:
        """All objects of all accounts."""
        self._remove_due()
        return self._objects.all()

    def add(self, account: str, many: list[Any]) -> list[Row]:
        """Add objects without any check but of the fields' names and types; all of them or none."""
        rows = [self.new(account, self._known(fields)) for fields in many]
        self._objects.add(account, rows)
        return rows

    def edit(self, id_: str, fields: Any) -> Row:
        """Change an object; raises 404."""
        with self._objects.lock:
            row = self._objects.get(id_)
            if row is None:
                raise not_found()
            known = self._known(fields)
            if known.get("id", id_) != id_:
                raise bad("the id of an object can't be changed")
            row |= {"updated_at": self._now()} | known
            self._objects.put(row)
        return row

    def remove(self, id_: str) -> None:
        """Remove an object; raises 404."""
        if not self._objects.remove(id_):
            raise not_found()

    def reset(self) -> None:
        """Go back to what a new emulator has."""
        self._objects.clear()
        self._leaving.clear()
        self._soft_deleted.clear()

    def _known(self, fields: Any) -> dict[str, Any]:
        if not isinstance(fields, dict) or not fields.keys() <= set(self.fields):
            raise bad(f"a {self.kind} is an object with some of {', '.join(sorted(self.fields))}")
        for name, value in fields.items():
            what, is_good = _TYPES.get(name, _TEXT)
            if not is_good(value):
                raise bad(f"{name} must be {what}")
        return dict(fields)

    def _base(self, account: str) -> Row:
        now = self._now()
        return {"id": str(uuid.uuid4()), "user_id": account, "created_at": now, "updated_at": now}


def bumps(settings: Settings, fields: dict[str, Any], row: Row) -> bool:
    """Whether a PUT of ``fields`` onto ``row`` sets a new ``updated_at`` (A17)."""
    if settings.put_bumps == "sent":
        return bool(fields)
    return settings.put_bumps == "always" or any(row[name] != fields[name] for name in fields)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


_Type = tuple[str, Callable[[Any], bool]]
_TEXT: _Type = ("a string", lambda value: isinstance(value, str))
#: What the fields are that are no strings.
_TYPES: dict[str, _Type] = {
    "tags": ("a list of strings", lambda value: isinstance(value, list) and _are_texts(value)),
    "headers": (
        "an object of strings",
        lambda value: isinstance(value, dict) and _are_texts(value.values()),
    ),
    "reachable": ("true or false", lambda value: isinstance(value, bool)),
    "body": ("an object, or JSON text", lambda value: isinstance(value, dict | str)),
}
