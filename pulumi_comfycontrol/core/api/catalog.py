"""Read-only access to an account's objects, for lookups and the importer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from ..errors import ApiError, ResourceError
from ..types.kind import Kind
from ..types.managed_runner import ManagedRunnerInfo
from ..types.record import Record, Unusable
from ..types.stats import RunnerStats
from ..types.user import UserInfo
from .client import Client
from .pages import Item, Pages

#: How often a list is read again when it has changed during the reading.
_TRIES = 3
R = TypeVar("R")


class Catalog:
    """One account's objects; may be shared by threads.

    Every method raises a :class:`~.errors.ComfyControlError`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def user(self) -> UserInfo:
        """Return the owner of the token."""
        return self._client.user()

    def get(self, kind: Kind, id_: str) -> Record:
        """Return the object with the id; :class:`ResourceError` when there is none."""
        return _existing(kind.label, id_, lambda: self._client.get(kind, id_))

    def managed_runner(self, id_: str) -> ManagedRunnerInfo:
        """Return the managed runner with the id."""
        return _existing("managed runner", id_, lambda: self._client.managed_runner(id_))

    def stats(self, id_: str) -> RunnerStats:
        """Return the live report of the machine of the runner with the id."""
        return _existing("runner", id_, lambda: self._client.stats(id_))

    def items(self, kind: Kind) -> list[Item]:
        """Return all objects as the list has them, newest first."""
        return self._all(lambda: self._client.pages(kind), kind.plural)

    def record(self, kind: Kind, item: Mapping[str, Any]) -> Record:
        """Return the complete object of a list's item; by a GET where the item lacks something."""
        return kind.from_list(item, {}) or self.get(kind, str(item.get("id")))

    def managed_runners(self) -> list[ManagedRunnerInfo]:
        """Return all managed runners that the account's tier sees."""
        items = self._all(self._client.managed_runner_pages, "managed runners")
        return [self._managed(item) for item in items]

    def _managed(self, item: Mapping[str, Any]) -> ManagedRunnerInfo:
        try:
            return ManagedRunnerInfo.parse(item)
        except Unusable:  # the GET reports the fault
            return self.managed_runner(str(item.get("id")))

    def _all(self, read: Callable[[], Pages], plural: str) -> list[Item]:
        for _ in range(_TRIES):
            pages = read()
            if pages.read_all():
                items = list(pages.items.values())
                return items if pages.newest_first else items[::-1]
        fault = f"the list of {plural} changed while it was read, or its pages do not fit together"
        raise ResourceError(
            fault, "try again when nothing else creates or deletes any, or look objects up by id"
        )


def the_one(label: str, name: str, items: Iterable[R], name_of: Callable[[R], str]) -> R:
    """Return the only item of that name; :class:`ResourceError` for none or several."""
    found = [item for item in items if name_of(item) == name]
    if len(found) != 1:
        number = f"{len(found)} {label}s" if found else f"no {label}"
        fault = f"this account has {number} with the name '{name}'"
        advice = "look it up by its id instead" if found else "correct the name"
        raise ResourceError(fault, advice)
    return found[0]


def matches(item: Mapping[str, Any], name: str | None, tags: Iterable[str] | None) -> bool:
    """Whether an item has a name of the pattern (``*``, ``?``, ``[…]``) and all of the tags."""
    has_name = name is None or fnmatchcase(str(item.get("name")), name)
    return has_name and set(tags or ()) <= set(item.get("tags") or ())


def _existing(label: str, id_: str, read: Callable[[], R]) -> R:
    try:
        return read()
    except ApiError as error:
        # The documentation leaves open which of the two a malformed id gets.
        if error.status not in {400, 404}:
            raise
        fault = f"this account has no {label} with the id {id_} ({error.message})"
        advice = "correct the id; if it came from a list, it was just deleted: run that again"
        raise ResourceError(fault, advice) from None
