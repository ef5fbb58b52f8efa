"""The objects of one kind: :class:`Collection`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Never

from . import server_form
from .accounts import Account
from .clock import Clock
from .dashboard_fields import check_fields
from .database import Database
from .errors import Forbidden, Gone, Invalid, NotFound
from .fields import Field, Schema
from .lists import page_answer
from .objects import Objects, Row
from .rules import check_id, check_status, page_of
from .settings import Settings
from .switch import Tier


@dataclass(frozen=True)
class Change:
    """An object before and after an update."""

    before: Row
    after: Row


class Collection:
    """The objects of one kind, as the API and as the dashboard (the control API) see them.

    A subclass describes its kind by the class variables. Methods for the API raise
    :class:`~.errors.Refused`.
    """

    #: The kind's names in messages, in paths under /v1 and in the database.
    kind: ClassVar[str]
    #: The name of the array in lists.
    list_name: ClassVar[str]
    #: The fields of an answer, in their order, with their JSON schemas.
    schema: ClassVar[dict[str, Schema]]
    #: The fields that the items of a list lack.
    not_in_lists: ClassVar[frozenset[str]] = frozenset()
    #: The fields that requests to /v1 may set; none where they can only read.
    fields: ClassVar[dict[str, Field]] = {}
    #: Default values of an object that the dashboard adds.
    blank: ClassVar[dict[str, Any]]
    #: Whether an object has a machine with figures, which can be unreachable.
    has_machine: ClassVar[bool] = False
    can_interrupt: ClassVar[bool] = False
    #: Whether lists can be filtered by status.
    has_status_filter: ClassVar[bool] = False

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._objects = Objects(database, clock, self.kind)
        self._settings = settings
        self._clock = clock

    # For the API

    def get(self, account: Account, id_: str) -> Row:
        """An object, including one that is only marked as deleted."""
        settings = self._settings
        id_ = check_id(id_, settings)
        row = self._objects.get(id_, account.id, settings.create_lag_get)
        if row is None and settings.delete == "soft":
            row = self._objects.removed(id_, account.id)
        return row or self._missing(account, id_)

    def page(self, account: Account, query: dict[str, str]) -> Any:
        """The answer to a request for a page; ``query`` is that of the URL."""
        settings = self._settings
        first, most = page_of(query, settings.list_page_cap)
        status = query.get("status") if self.has_status_filter and settings.status_filter else None
        if status is not None:
            check_status(status)
        rows, total = self._objects.page(
            account.id,
            first,
            most,
            status=status,
            lag=settings.create_lag_list,
            order=settings.list_order,
        )
        return self._page(rows, total)

    def create(self, account: Account, given: dict[str, Any]) -> Row:
        """Add an object with the fields that are known (A10)."""
        required = [name for name, one in self.fields.items() if one.default is None]
        values = self._checked(given, required)
        if not self._settings.status_on_create:  # A12
            values = {name: one for name, one in values.items() if self.fields[name].on_create}
        with self._objects.lock:
            self._check_unique(account, values)
            self._check_limit(account)
            row = self.new(account.id, server_form.stored(values, self._settings))
            self._objects.add(account.id, [row])
        return row

    def update(self, account: Account, id_: str, given: dict[str, Any]) -> Change:
        """Change the fields that are given, and leave the others (A16)."""
        settings = self._settings
        with self._objects.lock:
            row = self._existing(account, id_)
            values = self._checked(given, self.fields if settings.put_requires_all else ())
            if settings.put_ignores_empty:
                values = {name: value for name, value in values.items() if value not in ([], {})}
            self._check_unique(account, values, but=row["id"])
            if settings.merge_headers and "headers" in values:
                values["headers"] = row["headers"] | values["headers"]
            if settings.put_resets:
                values = self._defaults() | values
            values = server_form.stored(values, settings)
            after = row | values
            if self._bumps(values, row):
                after["updated_at"] = self._now()
            self._objects.put(after)
        return Change(row, after)

    def delete(self, account: Account, id_: str) -> None:
        """Remove, mark or keep an object, as the setting ``delete`` says (A28)."""
        mode = self._settings.delete
        with self._objects.lock:
            row = self._existing(account, id_)
            if mode != "kept":
                self._remove(row, self._settings.delete_delay if mode == "202-later" else 0.0)

    def shown(self, row: Row) -> Row:
        """The object as answers show it; some values may be RawJson."""
        seen = self._shown(row, self.schema)
        if "deleted_at" in row:
            seen |= server_form.marker(row["deleted_at"], self._settings)
        return seen

    # For the dashboard

    def new(self, account: str, fields: dict[str, Any]) -> Row:
        """Return a new object without storing it."""
        now = self._now()
        base = {
            "id": self._new_id(),
            "user_id": account,
            "created_at": now,
            "updated_at": now,
        }
        return base | self.blank | fields

    def all(self) -> list[Row]:
        """All objects of all accounts."""
        return self._objects.all()

    def add(self, account: str, many: list[Any]) -> list[Row]:
        """Add objects without any check but of the fields' names and types; all of them or none.

        Raises Invalid, or sqlite3.IntegrityError for a known id.
        """
        with self._objects.lock:
            rows = [self.new(account, self._known(fields)) for fields in many]
            self._objects.add(account, rows)
        return rows

    def edit(self, id_: str, fields: Any) -> Row:
        """Change an object; raises NotFound or Invalid."""
        with self._objects.lock:
            row = self._objects.get(id_)
            if row is None:
                raise NotFound
            known = self._known(fields)
            if known.get("id", id_) != id_:
                raise Invalid("the id of an object can't be changed")
            row |= {"updated_at": self._now()} | known
            self._objects.put(row)
        return row

    def remove(self, id_: str) -> None:
        """Remove an object; raises NotFound."""
        with self._objects.lock:
            row = self._objects.get(id_)
            if row is None:
                raise NotFound
            self._remove(row)

    def prepare(self) -> None:
        """Fill a new database."""

    def reset(self) -> None:
        """Restore the content of a new emulator."""
        self._objects.clear()

    # For both

    def _shown(self, row: Row, names: Iterable[str]) -> Row:
        return server_form.shown({name: row[name] for name in names}, self._settings)

    def _page(self, rows: list[Row], total: int) -> Any:
        names = [name for name in self.schema if name not in self.not_in_lists]
        items = [self._shown(row, names) for row in rows]
        return page_answer(self.list_name, items, total, self._settings)

    def _existing(self, account: Account, id_: str) -> Row:
        lag = self._settings.create_lag_get
        row = self._objects.get(check_id(id_, self._settings), account.id, lag)
        return row or self._missing(account, id_)

    def _missing(self, account: Account, id_: str) -> Never:
        if self._settings.delete == "410" and self._objects.removed(id_, account.id):
            raise Gone
        raise NotFound

    def _remove(self, row: Row, delay: float = 0.0) -> None:
        if self._settings.delete == "soft":
            self._objects.put(row | {"deleted_at": self._now()})
        self._objects.remove(row["id"], delay=delay)

    def _defaults(self) -> dict[str, Any]:
        optional = self.fields.items()
        return {name: one.default for name, one in optional if one.default is not None}

    def _tier(self, account: Account) -> Tier:
        return account.tier or self._settings.tier

    def _now(self) -> str:
        settings = self._settings
        return self._clock.timestamp(fractions=settings.fractions, offset=settings.time_offset)

    def _new_id(self) -> str:
        id_ = uuid.uuid4()
        return str(id_.int % 10**12) if self._settings.ids == "integer" else str(id_)

    # The rules

    def _checked(self, given: dict[str, Any], required: Iterable[str]) -> dict[str, Any]:
        """The known fields (A10)."""
        for name in required:
            if name not in given:
                raise Invalid(f"{name} is required")
        return {name: one.check(given[name]) for name, one in self.fields.items() if name in given}

    def _check_unique(self, account: Account, values: dict[str, Any], but: str = "") -> None:
        if self._settings.unique_names and any(
            row["name"] == values.get("name") and row["id"] != but
            for row in self._objects.all(account.id)
        ):
            raise Invalid("name is already taken")

    def _check_limit(self, account: Account) -> None:
        """Raise Forbidden when the account has reached its limit of objects (A29, A30)."""
        limits: dict[Any, int | None] = {**self._settings.tier_limits[self._tier(account)]}
        limit = limits[f"{self.kind}s"]
        if limit is not None and self._objects.count(account.id) >= limit:
            raise Forbidden(f"{self.kind.capitalize()} limit exceeded for your tier")

    def _bumps(self, values: dict[str, Any], row: Row) -> bool:
        """Whether a PUT of ``values`` sets a new ``updated_at`` (A17)."""
        if self._settings.put_bumps == "sent":
            return bool(values)
        changes = any(row[name] != values[name] for name in values)
        return self._settings.put_bumps == "always" or changes

    def _known(self, fields: Any) -> dict[str, Any]:
        """The fields that the dashboard may set; raises Invalid."""
        names = {*self.schema, *(("reachable",) if self.has_machine else ())}
        return check_fields(self.kind, names, fields)
