"""The search for an orphan: the object of a create whose answer was lost.

docs/design/create-once.md defines the candidates, and the cases in which none of them may be
taken.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from operator import itemgetter

from ..errors import ResourceError
from ..types.record import Record
from ..types.timestamps import seconds
from .api_clock import LATER
from .context import Context, Part
from .sightings import KnownObject, LostCreate, Sighting, Sightings

#: Seconds between the first and the second reading of the list.
_SECOND_LOOK = 2.0
#: Seconds before each further reading, as long as the list lacks the newest known object.
_LATER_LOOKS = (4.0, 8.0)
#: Seconds before each search for a surplus object, while the list lacks the newest object.
_SURPLUS_LOOKS = (0.0, 2.0, 4.0)


class OrphanSearch(Part):
    """Search for orphans of one kind; may be shared by threads."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sightings = Sightings(context)
        #: See :meth:`.sightings.Sightings.learn`.
        self.learn = self._sightings.learn

    def find(self, lost: LostCreate, *, exactly: bool) -> Record | None:
        """Return the object that ``lost`` has created, or None where there is none.

        It equals ``lost.fields``, or, unless ``exactly``, has at least the fingerprint. Raises
        :class:`ResourceError` for an ambiguous result: an object only resembles the sent fields,
        may be too old, or there are more candidates than equal creates with an unknown outcome.
        An equal number is fine: each of these creates may get any of the candidates. Raises it also
        where the list still lacks the object of this process's latest answered create.
        """
        sighting = self._last_sighting(lost, exactly=exactly)
        if sighting.candidates:
            return self._choose(lost, sighting.candidates)
        if sighting.doubtful:
            raise self._undecidable("one that resembles it exists", sighting.doubtful)
        if sighting.missing is not None:
            raise self._outdated(sighting.missing)
        return None

    def find_of_relative(self, lost: LostCreate) -> Record | None:
        """Return the object of a create for a resource that perhaps has another name now.

        None where the result is ambiguous: that resource searches for itself.
        """
        try:
            return self._choose(lost, self._sightings.look(lost, exactly=True).candidates)
        except ResourceError:
            return None

    def surplus(self, lost: LostCreate, created: Record) -> list[str]:
        """Return the ids of objects that ``lost`` can have created beside ``created``."""
        found: list[str] = []
        for wait in _SURPLUS_LOOKS:
            self._clock.sleep(wait)
            sighting = self._sightings.look(lost, exactly=True, keeping=created.id)
            found = [*(one.id for one in sighting.candidates), *sighting.doubtful]
            if created.id in found:  # the list is up to date
                break
        return [id_ for id_ in found if id_ != created.id]

    def _last_sighting(self, lost: LostCreate, *, exactly: bool) -> Sighting:
        """Read the list until it has a candidate, or has lacked one twice when up to date."""
        look = functools.partial(self._sightings.look, lost, exactly=exactly)
        sighting = look()
        late = sighting.missing
        for wait in (_SECOND_LOOK, *_LATER_LOOKS):
            if sighting.candidates:
                return sighting
            self._clock.sleep(wait)
            sighting = look()
            if sighting.missing is None:
                break
            late = sighting.missing
        if late is None or sighting.candidates or sighting.missing is not None:
            return sighting
        # The list lags by less than the age at which it showed that object.
        self._clock.sleep(max(0.0, lost.sent_at - late.sent_at) + _SECOND_LOOK)
        return look()

    def _choose(self, lost: LostCreate, found: list[Record]) -> Record | None:
        attempts = self._journal.unknown(
            self._kind.label, lost.fingerprint, lost.sent_at - LATER, lost.sent_at + LATER
        )
        ids = [record.id for record in found]
        if len(found) > max(attempts, 1):
            raise self._undecidable("several that equal it exist", ids)
        dated = [(t, one) for one in reversed(found) if (t := seconds(one.created_at)) is not None]
        if len(dated) < len(found):
            raise self._undecidable("one that equals it exists", ids)
        # The oldest, because a create that began later could not have made it; of equal times the
        # last, because lists begin with the newest.
        return min(dated, key=itemgetter(0))[1] if dated else None

    def _undecidable(self, what: str, ids: Iterable[str]) -> ResourceError:
        fault = (
            f"it is not known whether an interrupted request created this {self._kind.label},"
            f" and {what} ({', '.join(sorted(ids))})"
        )
        advice = (
            "nothing was created; delete the surplus in the dashboard, or"
            f" {self._client.words.adopt}"
        )
        return ResourceError(fault, advice)

    def _outdated(self, missing: KnownObject) -> ResourceError:
        fault = (
            f"it is not known whether an interrupted request created this {self._kind.label},"
            f" because the account's list still lacks {self._kind.label} {missing.id}, created"
            f" {max(self._clock.time() - missing.sent_at, 0):.0f} s ago"
        )
        return ResourceError(fault, f"no second one was created; {self._client.words.again}")
