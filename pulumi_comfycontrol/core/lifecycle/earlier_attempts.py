"""Earlier attempts to create a resource's object, as the journal has them.

An attempt whose answer never reached the engine may have left an object, which the next create
takes over; docs/design/create-once.md has the states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..api.budget import one_attempt
from ..errors import ComfyControlError, NotFound, ResourceError
from ..journal.attempt import Attempt, State
from ..progress import listener
from ..types.record import Record
from .context import Context, Part
from .orphans import OrphanSearch
from .sightings import LostCreate

#: Seconds between two checks of whether an interrupted process has ended.
_POLL = 0.5
#: Number of missing objects of earlier runs after which the remaining ones are not requested.
_ENOUGH_GONE = 3


class Ambiguous(ResourceError):
    """Search for the object of ``attempt`` without a certain result."""

    def __init__(self, attempt: Attempt, error: ResourceError) -> None:
        self.attempt = attempt
        super().__init__(error.fault, error.advice)


class EarlierAttempts(Part):
    """Search for what earlier attempts have created, of one kind; may be shared by threads."""

    def __init__(self, context: Context, orphans: OrphanSearch) -> None:
        super().__init__(context)
        self._orphans = orphans
        #: Number of objects of earlier runs that were found to be gone.
        self._gone = 0

    def on_record(self, owner: str, fingerprint: str) -> list[Attempt]:
        """Return the attempts that may have created the owner's object."""
        return self._journal.attempts(self._kind.label, owner, fingerprint)

    def settled(self, owner: str, fingerprint: str) -> list[Attempt]:
        """Wait until none of them is under way; return those that no living engine holds."""
        while True:
            attempts = [
                one
                for one in self.on_record(owner, fingerprint)
                if not one.held or one.object_id is None
            ]
            if not any(one.under_way for one in attempts):
                return [
                    one for one in attempts if not self._managed.is_recorded(one.object_id or "")
                ]
            listener().status("waiting for an interrupted run to end")
            self._clock.sleep(_POLL)

    def take_over(
        self, attempts: Iterable[Attempt], fields: Mapping[str, Any], owner: str
    ) -> Record | None:
        """Claim an object that the engine was never told of; None where there is none.

        Attempts without an object are struck off the journal. Raises :class:`Ambiguous`.
        """
        for attempt in attempts:
            if attempt.state is State.DELIVERED:
                continue
            try:
                record = self._find(attempt, fields)
            except ResourceError as error:
                raise Ambiguous(attempt, error) from None
            if record is None:
                if attempt.own and attempt.same_token:
                    self._journal.forget(attempt.number)
            elif self._managed.claim(record.id, owner):  # no other resource has adopted it
                self._journal.answered(attempt.number, owner, record.id)
                return record
        return None

    def warn_of_unused(self, attempts: Iterable[Attempt]) -> None:
        """Warn of objects that were delivered to an engine, and that the stack's state lacks.

        Either the engine could not save its state, or a user removed them from it.
        """
        for attempt in attempts:
            if attempt.state is State.DELIVERED and attempt.object_id:
                self._warn_of(attempt, attempt.object_id)

    def _find(self, attempt: Attempt, fields: Mapping[str, Any]) -> Record | None:
        if attempt.object_id is not None:
            return self._by_id(attempt.object_id)
        lost = LostCreate(attempt.fingerprint, attempt.started, fields, by_this_run=False)
        if attempt.own:
            return self._orphans.find(lost, exactly=False)
        return self._orphans.find_of_relative(lost)

    def _warn_of(self, attempt: Attempt, id_: str) -> None:
        try:
            with one_attempt():
                gone = self._gone >= _ENOUGH_GONE or self._by_id(id_) is None
        except ComfyControlError:
            return  # a warning is no reason to fail
        if gone:
            if not attempt.same_token:
                return  # it may exist in another account
            self._gone += 1
        else:
            listener().warning(
                f"An earlier run created {self._kind.label} {id_} for this resource, but the stack"
                " does not have it, so another one is created; if nothing else uses that one,"
                " delete it in the dashboard."
            )
        self._journal.settle(self._kind.label, id_)

    def _by_id(self, id_: str) -> Record | None:
        try:
            return self._client.get(self._kind, id_)
        except NotFound:
            return None
