"""Objects that existed before this deployment, as candidates for ``if_exists``.

docs/create-once.md states the promises of ``if_exists`` and their limits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ..api.catalog import Catalog
from ..api.pages import Item
from ..errors import NotFound, ResourceError
from ..types.record import Record
from ..types.timestamps import seconds
from .context import Context, Part
from .likeness import is_same_identity


class Existing(Part):
    """The account's objects of one kind as of the first create; may be shared by threads."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lock = threading.Lock()
        self._items: list[Item] | None = None
        self._first_page: list[Item] | None = None

    def refuse(self, fields: Mapping[str, Any], owner: str) -> None:
        """Raise :class:`ResourceError` when an unmanaged object has the identity of ``fields``."""
        found = self._same(fields, owner)
        if len(found) > 1:
            raise self._several(found)
        if found:
            raise ResourceError(
                f"{self._described(found[0])} exists already",
                self._client.words.adopt_id.format(id=found[0].get("id"))
                + ", or set if_exists to 'adopt' or 'create'",
            )

    def adopt(self, fields: Mapping[str, Any], owner: str) -> Record | None:
        """Claim the only unmanaged object with the identity of ``fields``; None for none.

        Raises :class:`ResourceError` for several.
        """
        while found := self._same(fields, owner):
            if len(found) > 1:
                raise self._several(found)
            id_ = str(found[0].get("id"))
            if not self._managed.claim(id_, owner):
                continue  # another resource was faster
            try:
                return self._client.get(self._kind, id_)
            except NotFound:
                self._managed.renounce(id_)
                self.forget(id_)
            except BaseException:
                self._managed.renounce(id_)
                raise
        return None

    def equal_on_first_page(self, fields: Mapping[str, Any]) -> list[str]:
        """Return the ids of objects on the list's first page whose fields there equal ``fields``.

        The page is read once for each instance, before the first create.
        """
        with self._lock:
            if self._first_page is None:
                self._first_page = []  # a failed request is not repeated
                self._first_page = self._client.pages(self._kind).next()
        return [
            str(one.get("id"))
            for one in self._first_page
            if not self._kind.differing(fields, {**fields, **self._fields(one)})
        ]

    def unmanaged(self, ids: Iterable[str], owner: str) -> list[str]:
        """Return those ids whose objects neither this deployment nor another known stack manages.

        Raises as :meth:`~..journal.journal.Journal.attempts` does.
        """
        return [id_ for id_ in ids if self._is_free(id_, owner)]

    def forget(self, id_: str) -> None:
        """Strike off an object that is gone, such as one that a replacement has deleted first."""
        with self._lock:
            self._items = _without(self._items, id_)
            self._first_page = _without(self._first_page, id_)

    def _fields(self, item: Item) -> dict[str, Any]:
        return self._kind.on_create(self._kind.values(item))

    def _same(self, fields: Mapping[str, Any], owner: str) -> list[Item]:
        with self._lock:
            if self._items is None:
                items = Catalog(self._client).items(self._kind)
                self._items = [self._with_identity(item) for item in items]
            items = list(self._items)
        return [
            item
            for item in items
            if is_same_identity(self._kind, fields, item)
            and self._is_free(str(item.get("id")), owner)
        ]

    def _with_identity(self, item: Item) -> Item:
        """Return an item with the fields that identify it, by a GET where the list lacks one."""
        if all(item.get(name) is not None for name in self._kind.identity):
            return item
        return Catalog(self._client).record(self._kind, item).as_dict()

    def _is_free(self, id_: str, owner: str) -> bool:
        """Whether neither this deployment nor another stack on record manages the object."""
        if id_ in self._managed.ids():
            return False
        return id_ not in self._journal.ids_of_others(self._kind.label, owner)

    def _several(self, found: list[Item]) -> ResourceError:
        ids = ", ".join(sorted(str(one.get("id")) for one in found))
        words = self._client.words
        return ResourceError(
            f"several {self._kind.plural} with its {self._identity} exist already ({ids})",
            f"nothing was created; delete the surplus in the dashboard, or {words.adopt}, or set"
            " if_exists to 'create' where they belong to resources that depend on this one",
        )

    def _described(self, item: Item) -> str:
        created = seconds(item.get("created_at"))
        age = "" if created is None else f", created {_age(self._clock.time() - created)} ago"
        return f"{self._kind.label} {item.get('id')} with its {self._identity}{age},"

    @property
    def _identity(self) -> str:
        return " and ".join(self._kind.identity)


def _without(items: list[Item] | None, id_: str) -> list[Item] | None:
    return items and [one for one in items if str(one.get("id")) != id_]


def _age(passed: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        number = int(passed // length)
        if number >= 1:
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{max(passed, 0):.0f} s"
