"""One reading of the list: the objects that a create with a lost answer can have made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..api.pages import Pages
from ..errors import NotFound, ResourceError
from ..types.record import Record
from ..types.timestamps import seconds
from .api_clock import ApiClock, Window
from .context import Context, Part
from .likeness import is_near, resembles

#: How often a list that changes meanwhile is read.
_READINGS = 5


class _ListChanged(ResourceError):
    """Something may be missing in the pages that were read."""


@dataclass(frozen=True, slots=True)
class LostCreate:
    """A create request with an unknown outcome."""

    #: Hash of the sent fields, see :meth:`~..types.kind.Kind.fingerprint`.
    fingerprint: str
    #: Time of its latest POST, in seconds of this machine's clock.
    sent_at: float
    #: The program's present fields, which may have changed since the POST.
    fields: Mapping[str, Any]
    #: Whether this process has sent it, and not an earlier one.
    by_this_run: bool


@dataclass(slots=True)
class Sighting:
    """Result of one reading of the list."""

    #: Objects that the request can have created.
    candidates: list[Record] = field(default_factory=list)
    #: Ids of ambiguous objects: their age is in doubt, or they resemble the sent fields without
    #: being equal to them.
    doubtful: list[str] = field(default_factory=list)
    #: A known object that the list lacks, so that it may lack the request's, too.
    missing: KnownObject | None = None


@dataclass(frozen=True, slots=True)
class KnownObject:
    """The object of an answered create, which a list that is up to date has."""

    id: str
    created: float | None
    sent_at: float


class Sightings(Part):
    """Readings of the list of one kind; may be shared by threads."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._api_clock = ApiClock()
        #: The object of the latest answered create of this process.
        self._newest: KnownObject | None = None

    def learn(self, record: Record, sent_at: float) -> None:
        """Note an answered create: it tells the API's clock, and lists have to show its object."""
        created = seconds(record.created_at)
        self._api_clock.learn(created, sent_at, self._clock.time())
        self._newest = KnownObject(record.id, created, sent_at)

    def look(self, lost: LostCreate, *, exactly: bool, keeping: str = "") -> Sighting:
        """Read the newest objects; ``keeping`` is the id of a managed one to include as well.

        A candidate equals ``lost.fields``, or, unless ``exactly``, has at least the fingerprint. A
        list that changes while it is read, as other creates of the same run change it, is read
        again.
        """
        for _ in range(_READINGS - 1):
            with suppress(_ListChanged):
                return self._read(lost, exactly=exactly, keeping=keeping)
        return self._read(lost, exactly=exactly, keeping=keeping)

    def _read(self, lost: LostCreate, *, exactly: bool, keeping: str) -> Sighting:
        taken = (self._managed.ids() | self._journal.ids(self._kind.label)) - {keeping}
        # Where the program has changed since, only the fingerprint tells what was sent.
        is_unchanged = self._kind.fingerprint(lost.fields) == lost.fingerprint
        pages = self._client.pages(self._kind)
        sighting, by_fingerprint = Sighting(), list[Record]()
        for item, window in self._recent(pages, lost, taken):
            created = seconds(item.get("created_at"))
            is_of_its_time = created is None or window.begin <= created <= window.end
            name = self._kind.identity[0]
            may_be_named_so = item.get(name) is None or resembles(
                self._kind, lost.fields, item, [name]
            )
            if not may_be_named_so and (exactly or not is_of_its_time):
                continue
            record = self._record(item)
            sent = self._kind.on_create(self._kind.values(record.as_dict()))
            if is_unchanged and not self._kind.differing(sent, lost.fields):
                if is_of_its_time:
                    sighting.candidates.append(record)
                else:
                    sighting.doubtful.append(record.id)
            elif may_be_named_so and is_near(self._kind, lost.fields, sent):
                sighting.doubtful.append(record.id)
            if is_of_its_time and self._kind.fingerprint(sent) == lost.fingerprint:
                by_fingerprint.append(record)
        if not exactly and not sighting.candidates:
            sighting.candidates = by_fingerprint
        if not sighting.candidates:
            sighting.missing = self._missing(pages, lost)
        return sighting

    def _missing(self, pages: Pages, lost: LostCreate) -> KnownObject | None:
        """Return the newest known object if it exists, and the pages should have it and lack it."""
        known = self._newest
        earliest = self._window(lost).earliest
        is_past = known is None or known.created is None or known.created < earliest
        if known is None or known.id in pages.items or (is_past and not pages.ended):
            return None
        try:
            self._client.get(self._kind, known.id)
        except NotFound:
            return None  # it was deleted since
        return known

    def _window(self, lost: LostCreate) -> Window:
        offset = self._client.clock_offset
        return self._api_clock.window(lost.sent_at, offset, by_this_run=lost.by_this_run)

    def _record(self, item: Mapping[str, Any]) -> Record:
        record = self._kind.from_list(item, {})
        if record is not None:
            return record
        id_ = str(item.get("id"))
        try:
            return self._client.get(self._kind, id_)
        except NotFound as error:
            fault = f"the list shows {self._kind.label} {id_}, but {error.fault}"
            raise ResourceError(fault, self._client.words.again) from None

    def _recent(
        self, pages: Pages, lost: LostCreate, taken: Collection[str]
    ) -> Iterator[tuple[Mapping[str, Any], Window]]:
        """Items of the pages that were created around ``lost``, each once, without ``taken``.

        Raises :class:`ComfyControlError` for a list that can't be read as far as it must be.
        """
        seen = set(taken)
        while not pages.ended or pages.may_be_capped:
            items = pages.next()
            window = self._window(lost)
            for item in items:
                id_ = str(item["id"])
                if id_ in seen:
                    continue
                seen.add(id_)
                created = seconds(item.get("created_at"))
                if created is None or window.earliest <= created <= window.latest:
                    yield item, window
            if _is_past(pages, window):
                return
        if not pages.read_all():
            fault = f"the {self._kind.plural} of the account changed while they were read"
            raise _ListChanged(fault, self._client.words.again)


def _is_past(pages: Pages, window: Window) -> bool:
    """Whether all further pages are older: those of a list that begins with the newest (A8)."""
    times = [seconds(item.get("created_at")) for item in pages.items.values()]
    if not times or times[0] is None or times[-1] is None:
        return False
    # Equal times do not show the list's order.
    return pages.newest_first and times[0] > times[-1] and times[-1] < window.earliest
