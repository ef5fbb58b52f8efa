"""A cache of list pages that answers most reads of a refresh; only a GET decides "gone".

The first read of a kind is a GET, so that a single read costs one request. From the second on,
the newest page of the list (100 objects) answers the reads of its objects; the other pages are
read once there have been as many reads as pages, so that all reads together never cost more than
twice the cheaper of "one GET each" and "the whole list". Objects that the pages lack are read by a
GET: pages shift while they are read, and an absence from them proves nothing. Where the list is
unusable, every read is a GET.

Pages expire once no answer has come for :data:`LIFETIME` seconds, and every write of this process
invalidates them. Waiting for the quota does not age them: where the quota is short, pages are the
way to save requests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..api.client import Client
from ..api.pages import Item
from ..clock import SYSTEM_CLOCK, Clock
from ..errors import ApiError, BadAnswer
from ..types.kind import Kind
from ..types.record import Record

#: Seconds without an answer that end a batch of reads, and the use of its pages.
LIFETIME = 20.0
R = TypeVar("R", bound=Record | None)


class ListCache:
    """Cached reads of one kind of object; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock = SYSTEM_CLOCK) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock
        self._loading = threading.Lock()
        self._reset()

    def read(self, id_: str, known: Mapping[str, Any], get: Callable[[], R]) -> Record | R:
        """Return the object from a page, or the result of ``get`` where no page has all of it.

        ``known`` are the last known properties, for the fields that a list leaves out.
        """
        item = self._from_pages(id_)
        if item is not None:
            record = self._kind.from_list(item, known)
            if record is not None:
                return record
        try:
            return get()
        finally:
            self._since = self._clock.monotonic()

    def clear(self) -> None:
        """Invalidate all pages after a write."""
        with self._loading:
            self._reset()

    def _reset(self) -> None:
        self._pages = self._client.pages(self._kind)
        self._reads = 0
        self._is_usable = True
        self._since = self._clock.monotonic()

    def _from_pages(self, id_: str) -> Item | None:
        with self._loading:  # one thread reads pages, the others wait for the result
            if self._clock.monotonic() - self._since > LIFETIME:
                self._reset()
            self._reads += 1
            if self._reads == 1 or not self._is_usable:
                return None
            try:
                self._read_pages(id_)
            except (ApiError, BadAnswer) as error:
                if isinstance(error, ApiError) and error.status >= 500:  # noqa: PLR2004
                    raise
                # A list that can't be used (A32) makes each read a GET.
                self._is_usable = False
                return None
            return self._pages.items.get(id_)

    def _read_pages(self, id_: str) -> None:
        if self._pages.read == 0:
            self._read_page()
        if id_ not in self._pages.items and self._reads >= self._pages.expected:
            while not self._pages.ended:
                self._read_page()

    def _read_page(self) -> None:
        self._pages.next()
        self._since = self._clock.monotonic()
