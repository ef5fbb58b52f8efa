"""The search for an orphan: the object of a create whose answer was lost.

docs/create-once.md says which objects are candidates, and when none of them may be taken.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..api.client import Client
from ..api.pages import PER_PAGE
from ..clock import Clock
from ..errors import ResourceError
from ..journal.journal import Journal
from ..types.kind import Kind
from ..types.record import Record
from .managed import Managed

#: Seconds by which an object may seem older than the request that created it: timestamps and the
#: ``Date`` header have whole seconds, and a request travels for a while.
_EARLIER = 5.0
#: The same where the server's clock is not known.
_EARLIER_UNKNOWN = 300.0
#: Seconds after it was sent in which the API may still carry out a request.
_LATER = 300.0
#: Seconds between the first and the second look.
_SECOND_LOOK = 2.0
#: Pages of the newest objects that are searched.
_MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class LostCreate:
    """A create request with an unknown outcome."""

    #: Hash of what was sent, see :meth:`~..types.kind.Kind.fingerprint`.
    fingerprint: str
    #: When it was last sent, in seconds of this machine's clock.
    sent_at: float
    #: What the program would send now: the same, or what it was changed to since.
    fields: Mapping[str, Any]


class OrphanSearch:
    """Finds orphans of one kind; may be shared by threads."""

    def __init__(
        self, client: Client, kind: Kind, journal: Journal, managed: Managed, clock: Clock
    ) -> None:
        self._client = client
        self._kind = kind
        self._journal = journal
        self._managed = managed
        self._clock = clock

    def find_twice(self, lost: LostCreate, *, exactly: bool) -> Record | None:
        """Search, and once more after a moment where nothing was found; see :meth:`find`."""
        record = self.find(lost, exactly=exactly)
        if record is None:
            self._clock.sleep(_SECOND_LOOK)
            record = self.find(lost, exactly=exactly)
        return record

    def find(self, lost: LostCreate, *, exactly: bool) -> Record | None:
        """Return an object that ``lost`` can have created, or None.

        It equals ``lost.fields``, or, unless ``exactly``, has at least the fingerprint. Raises
        :class:`ResourceError` for more candidates than there are equal creates with an unknown
        outcome; as many are not too many: it makes no difference which create gets which.
        """
        found = self._candidates(lost, exactly=exactly)
        attempts = self._journal.unknown(
            self._kind.label, lost.fingerprint, lost.sent_at - _LATER, lost.sent_at + _LATER
        )
        undated = any(timestamp(record.created_at) is None for record in found)
        if undated or len(found) > max(attempts, 1):
            raise self._undecidable(found)
        # The oldest, because a create that began later could not have made it.
        return found[-1] if found else None

    def _candidates(self, lost: LostCreate, *, exactly: bool) -> list[Record]:
        taken = self._managed.ids() | self._journal.ids(self._kind.label)
        recent = [(one, self._create_fields(one)) for one in self._recent(lost.sent_at, taken)]
        found: list[Record] = []
        if self._kind.fingerprint(lost.fields) == lost.fingerprint:
            found = [one for one, sent in recent if not self._kind.differing(sent, lost.fields)]
        if not (found or exactly):
            found = [
                one for one, sent in recent if self._kind.fingerprint(sent) == lost.fingerprint
            ]
        return found

    def _undecidable(self, found: Collection[Record]) -> ResourceError:
        ids = ", ".join(sorted(record.id for record in found))
        what = "several that equal it exist" if len(found) > 1 else "one that equals it exists"
        fault = (
            f"it is not known whether an interrupted request created this {self._kind.label},"
            f" and {what} ({ids})"
        )
        advice = (
            "nothing was created; delete the surplus in the dashboard, or"
            f" {self._client.words.adopt}"
        )
        return ResourceError(fault, advice)

    def _create_fields(self, record: Record) -> dict[str, Any]:
        """What a request that creates an equal object sends."""
        return self._kind.on_create(self._kind.values(record.as_dict()))

    def _recent(self, sent_at: float, taken: Collection[str]) -> list[Record]:
        """All objects that were created around ``sent_at``, newest first, without ``taken``."""
        records: dict[str, Record] = {}
        for number in range(1, _MOST_PAGES + 1):
            page = self._client.page(self._kind, number)
            offset = self._client.clock_offset
            earlier = _EARLIER_UNKNOWN if offset is None else _EARLIER
            begin = sent_at + (offset or 0.0)
            ages = [timestamp(item.get("created_at")) for item in page.items]
            for item, created in zip(page.items, ages, strict=True):
                id_ = str(item.get("id"))
                if id_ in taken:
                    continue
                if created is None or begin - earlier <= created <= begin + _LATER:
                    record = self._kind.from_list(item, {}) or self._client.get(self._kind, id_)
                    records[id_] = record
            past = any(created is not None and created < begin - earlier for created in ages)
            if past or not page.items or number * PER_PAGE >= (page.total or math.inf):
                break
        return list(records.values())


def timestamp(value: Any) -> float | None:
    """Return the seconds since 1970 of one of the API's times, None where it can't be read."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    # All times are UTC [docs: api], also one that does not say so (A5).
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
