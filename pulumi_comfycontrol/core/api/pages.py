"""The one loop over the pages of a list, also where lists are not as documented (A32).

Documented is an object with the named array and ``total``, which counts all pages, newest first,
at most 100 a page. :class:`Pages` also reads ``null`` for no items, a bare array, or one under
``data``; a ``total`` that is text, missing, or the page's own; fewer items a page than were asked
for; and the oldest first. It says how far the result can be believed: whether it is the whole
list, and whether the newest come first.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from ..types.timestamps import seconds

#: The most that the API returns at once [docs: api].
PER_PAGE = 100
#: A page whose own number of items may be its server's limit has a multiple of so many.
_ROUND = 5

Item = Mapping[str, Any]


class Page(NamedTuple):
    """One page: the items as sent, and how many all pages have, None where it does not say so."""

    items: list[Item]
    total: int | None


def parse_page(data: Any, plural: str) -> Page:
    """Find the items and the total in decoded JSON; raises ValueError for anything else."""
    total = data.get("total") if isinstance(data, dict) else None
    items = _items(data, plural)
    if not all(isinstance(item, dict) and _is_id(item.get("id")) for item in items):
        msg = "an item without an id"
        raise ValueError(msg)
    return Page(items, _count(total))


def _items(data: Any, plural: str) -> list[Any]:
    for key in (plural, "data"):
        if isinstance(data, dict) and key in data:
            data = data[key]
    if data is None:
        return []
    if not isinstance(data, list):
        msg = f"no array {plural}"
        raise ValueError(msg)
    return data


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None


class Lister(Protocol):
    """A client that reads single pages."""

    def listing(self, path: str, plural: str, number: int) -> Page:
        """Return page ``number`` (1, 2, …); raises an error of its own for an unusable one."""


class Pages:
    """One reading of a list, page by page; used by one thread at a time."""

    def __init__(self, client: Lister, path: str, plural: str) -> None:
        self._client = client
        self._path = path
        self._plural = plural
        self._read: list[Page] = []
        #: What was read so far, by id, in the list's order. Pages shift while something is created
        #: or deleted, so an item may come twice.
        self.items: dict[str, Item] = {}
        #: Whether a page brought nothing new, or as many items were read as there are.
        self.ended = False

    def next(self) -> list[Item]:
        """Read one page more, and return its items; raises ``BadAnswer`` for an unusable one."""
        page = self._client.listing(self._path, self._plural, len(self._read) + 1)
        self._read.append(page)
        known = len(self.items)
        for item in page.items:
            self.items.setdefault(str(item["id"]), item)
        reached = page.total is not None and len(self.items) >= page.total
        self.ended = len(self.items) == known or (reached and not self._total_is_of_the_page)
        return page.items

    def read_all(self) -> bool:
        """Read to the end; returns whether :attr:`items` is certain to be the whole list."""
        while not self.ended:
            self.next()
            if self.ended and self.may_be_capped:
                self.next()
        if self._total_is_of_the_page:
            # A server that ignores the page's number would end it with what is known already.
            return not self._read[-1].items
        # With another total, the pages have shifted, and something may be missing.
        return {page.total for page in self._read} <= {len(self.items)}

    @property
    def expected(self) -> int:
        """The number of pages, as far as is known."""
        if self.ended or not self._read:
            return max(1, len(self._read))
        total, first = self._read[-1].total or 0, self._read[0]
        return max(len(self._read) + 1, -(-total // max(1, len(first.items))))

    @property
    def read(self) -> int:
        """The number of pages that were read."""
        return len(self._read)

    @property
    def shifted(self) -> bool:
        """Whether the list has changed while it was read, so that an item may be missing."""
        return not self._total_is_of_the_page and len({page.total for page in self._read}) > 1

    @property
    def newest_first(self) -> bool:
        """Whether no item is newer than one before it, as far as their times can be read."""
        times = [seconds(item.get("created_at")) for item in self.items.values()]
        known = [time for time in times if time is not None]
        return all(before >= after for before, after in itertools.pairwise(known))

    @property
    def _total_is_of_the_page(self) -> bool:
        """Whether no total can be believed: none is given, or each counts its own page only."""
        own = all(page.total in (None, len(page.items)) for page in self._read)
        return own and (len(self._read) > 1 or self._read[0].total is None)

    @property
    def may_be_capped(self) -> bool:
        """Whether the only page has all that its total says, and might be cut at a round number."""
        [first, *others] = self._read
        count = len(first.items)
        return not others and count == first.total and count > 0 and count % _ROUND == 0
