"""Many reads become a few lists; "gone" is only ever decided by a GET.

The first read of a kind is a GET, so that a single read costs one request. From the second on,
the newest page of the list (100 objects) answers whatever it holds; the other pages are read
once there have been as many reads as pages, so that all reads together never cost more than
twice the cheaper of "one GET each" and "the whole list". What the pages don't hold is read by a
GET: pages shift while they are read, and an absence from them proves nothing. A list that can't be
used leaves all reads to GETs.

Pages serve until no answer has come for :data:`LIFETIME` seconds, and every write of this process
makes them stale. So the time in which a request waits for the quota does not make them older:
where the quota is short, pages are what saves it.
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


class Snapshot:
    """Reads one kind of object; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock = SYSTEM_CLOCK) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock
        self._loading = threading.Lock()
        self._reset()

    def read(self, id_: str, known: Mapping[str, Any], get: Callable[[], R]) -> Record | R:
        """Return the object, or what ``get`` returns where no page has the whole of it.

        ``known`` are the properties as of the last time, which complete what a list leaves out.
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
        """Forget all pages: something was written."""
        with self._loading:
            self._reset()

    def _reset(self) -> None:
        self._pages = self._client.pages(self._kind)
        self._reads = 0
        self._is_usable = True
        self._since = self._clock.monotonic()

    def _from_pages(self, id_: str) -> Item | None:
        with self._loading:  # one thread reads pages, the others wait for what it finds
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
