"""The one loop over the pages of a list, also where lists are not as documented (A32).

A documented page is an object with the named array, newest first and at most 100 items, and with
``total``, the number of items on all pages. :class:`Pages` also reads ``null`` for no items, a bare
array, or an array under ``data``; a ``total`` that is text, missing, or counts only its own page;
pages with fewer items than requested; and lists with the oldest first. It reports how reliable the
result is: whether it is the whole list, and whether the newest come first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from ..types.record import is_id
from ..types.timestamps import seconds

#: The most that the API returns at once [docs: api].
PER_PAGE = 100
#: A page may have been cut at its server's limit if its number of items is a multiple of this.
_ROUND = 5

Item = Mapping[str, Any]


class Page(NamedTuple):
    """One page: its items as sent, and the number of items on all pages, None where missing."""

    items: list[Item]
    total: int | None


def parse_page(data: Any, plural: str) -> Page:
    """Find the items and the total in decoded JSON; raises ValueError for anything else."""
    total = data.get("total") if isinstance(data, dict) else None
    items = _items(data, plural)
    if not all(isinstance(item, dict) and is_id(item.get("id")) for item in items):
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
    """One reading of a list, page by page; used by one thread at a time.

    ``readable`` removes unusable fields from an item.
    """

    def __init__(
        self,
        client: Lister,
        path: str,
        plural: str,
        readable: Callable[[Item], Item] = lambda item: item,
    ) -> None:
        self._client = client
        self._path = path
        self._plural = plural
        self._readable = readable
        self._read: list[Page] = []
        #: The items read so far, by id, in the list's order. Pages shift while something is created
        #: or deleted, so an item may come twice.
        self.items: dict[str, Item] = {}
        #: Whether a page brought nothing new, or as many items were read as there are.
        self.ended = False

    def next(self) -> list[Item]:
        """Read the next page, and return its items; raises ``BadAnswer`` for an unusable one."""
        page = self._client.listing(self._path, self._plural, len(self._read) + 1)
        page = Page([self._readable(item) for item in page.items], page.total)
        self._read.append(page)
        known = len(self.items)
        for item in page.items:
            self.items.setdefault(str(item["id"]), item)
        reached = page.total is not None and len(self.items) >= page.total
        self.ended = len(self.items) == known or (reached and not self._total_is_of_the_page)
        return page.items

    def read_all(self) -> bool:
        """Read the other pages; returns whether :attr:`items` is certain to be the whole list."""
        while not self.ended:
            self.next()
            if self.ended and self.may_be_capped:
                self.next()
        if self._total_is_of_the_page:
            # A server that ignores the page's number ends the list with items already known.
            return not self._read[-1].items
        # With another total, the pages have shifted, and something may be missing.
        return {page.total for page in self._read} <= {len(self.items)}

    @property
    def expected(self) -> int:
        """The number of pages that the list has, as far as is known."""
        if self.ended or not self._read:
            return max(1, len(self._read))
        total, first = self._read[-1].total or 0, self._read[0]
        return max(len(self._read) + 1, -(-total // max(1, len(first.items))))

    @property
    def read(self) -> int:
        """The number of pages read so far."""
        return len(self._read)

    @property
    def newest_first(self) -> bool:
        """Whether no item is newer than one before it, as far as their times can be read."""
        times = [seconds(item.get("created_at")) for item in self.items.values()]
        known = [time for time in times if time is not None]
        return all(before >= after for before, after in itertools.pairwise(known))

    @property
    def _total_is_of_the_page(self) -> bool:
        """Whether totals are unusable: missing, or each counts its own page only."""
        own = all(page.total in (None, len(page.items)) for page in self._read)
        return own and (len(self._read) > 1 or self._read[0].total is None)

    @property
    def may_be_capped(self) -> bool:
        """Whether the only page has all that its total says, and might be cut at a round number."""
        [first, *others] = self._read
        count = len(first.items)
        return not others and count == first.total and count > 0 and count % _ROUND == 0
