"""Creates an object at most once, even when the answer is lost or the process is killed.

docs/create-once.md explains the states, the races, and what can't be decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.retry import maybe_executed
from ..clock import Clock
from ..errors import ComfyControlError, NotFound, ResourceError
from ..journal.attempt import Attempt, State
from ..journal.journal import Journal
from ..progress import listener
from ..types.kind import Kind
from ..types.record import Record
from ..types.timestamps import seconds
from .managed import Managed
from .orphans import LostCreate, OrphanSearch

#: Seconds between two looks at whether an interrupted process has ended.
_POLL = 0.5
#: After so many missing objects of earlier runs, the other ones are not asked for.
_ENOUGH_GONE = 3


class Creator:
    """Creates objects of one kind; may be shared by threads."""

    def __init__(
        self, client: Client, kind: Kind, journal: Journal, managed: Managed, clock: Clock
    ) -> None:
        self.client = client
        self.kind = kind
        self.journal = journal
        self.managed = managed
        self.clock = clock
        self.orphans = OrphanSearch(client, kind, journal, managed, clock)
        #: How many objects that earlier runs created were found to be gone.
        self.gone = 0

    def create(self, values: Mapping[str, Any], owner: str) -> tuple[Record, bool]:
        """Return a new object, or the one that an interrupted attempt of ``owner`` created.

        ``owner`` is the URN, or "" where it is not known. A new object has the fields of
        ``values`` that the create request takes, and defaults; one that is taken over, of which
        the second value tells, may differ from ``values`` in everything. Raises
        :class:`ResourceError` where it can't be told which object is ours; then nothing is
        created.
        """
        return _Creation(self, self.kind.on_create(values), owner).run()


class _Creation:
    """One create of one resource, from the search for an earlier attempt to the answer."""

    def __init__(self, creator: Creator, fields: Mapping[str, Any], owner: str) -> None:
        self._creator = creator
        self._client = creator.client
        self._kind = creator.kind
        self._journal = creator.journal
        self._fields = fields
        self._owner = owner
        self._fingerprint = self._kind.fingerprint(fields)
        #: The request's number on record, 0 before it is sent, and when it was last sent.
        self._number = 0
        self._sent_at = 0.0

    def run(self) -> tuple[Record, bool]:
        """See :meth:`Creator.create`."""
        earlier = {one.fingerprint for one in self._attempts()}
        # No equal create may be under way while the object of a lost one is searched for.
        with self._journal.one_at_a_time(self._fingerprint, *earlier):
            orphan = self._recover()
            record = orphan or self._post_and_resolve()
            self._creator.managed.claim(record.id, self._owner)
        return record, orphan is not None

    def _attempts(self) -> list[Attempt]:
        return self._journal.attempts(self._kind.label, self._owner, self._fingerprint)

    # Earlier attempts

    def _recover(self) -> Record | None:
        """Take over what an earlier attempt created without the engine getting its answer."""
        attempts = self._settled_attempts()
        for attempt in attempts:
            if attempt.state is State.DELIVERED:
                continue
            record = self._find(attempt)
            if record is None:
                if attempt.own and attempt.same_token:
                    self._journal.forget(attempt.number)
                continue
            self._journal.answered(attempt.number, self._owner, record.id)
            listener().info(
                f"Took over {self._kind.label} {record.id}, which an interrupted attempt had"
                " created for this resource."
            )
            return record
        for attempt in attempts:
            if attempt.state is State.DELIVERED and self._owner:
                self._warn_of_unused(attempt, attempt.object_id or "")
        return None

    def _settled_attempts(self) -> list[Attempt]:
        """Return the attempts that no living engine holds, once none of them is under way."""
        managed = self._creator.managed
        while True:
            attempts = self._attempts()
            orphans = [one for one in attempts if not one.held or one.object_id is None]
            if not any(one.under_way for one in orphans):
                return [one for one in orphans if not managed.is_recorded(one.object_id or "")]
            listener().status("waiting for an interrupted run to end")
            self._creator.clock.sleep(_POLL)

    def _find(self, attempt: Attempt) -> Record | None:
        if attempt.object_id is not None:
            return self._by_id(attempt.object_id)
        lost = LostCreate(attempt.fingerprint, attempt.started, self._fields)
        if attempt.own:
            return self._creator.orphans.find(lost, exactly=False)
        return self._creator.orphans.find_of_relative(lost)

    def _warn_of_unused(self, attempt: Attempt, id_: str) -> None:
        """Warn that an earlier run created an object that the stack's state lacks.

        Either the engine could not save its state, or the object was taken out of the state.
        """
        try:
            gone = self._creator.gone >= _ENOUGH_GONE or self._by_id(id_) is None
        except ComfyControlError:
            return  # a warning is no reason to fail
        if gone:
            if not attempt.same_token:
                return  # it may only be another account's
            self._creator.gone += 1
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

    # The request

    def _post_and_resolve(self) -> Record:
        """Send, search for the object where the answer is lost, and send again at most once."""
        try:
            return self._post()
        except _AnswerLost as answer:
            lost = self._lost()
            record = self._resolve(answer.error, lost)
        if record is not None:
            return record
        self._journal.forget(self._number)
        self._number = 0
        try:
            record = self._post()
        except _AnswerLost as answer:
            record = self._resolve(answer.error, self._lost())
            if record is None:
                self._journal.unresolved(self._number)
                raise answer.error from None
        self._warn_of_surplus(lost, record)
        return record

    def _lost(self) -> LostCreate:
        return LostCreate(self._fingerprint, self._sent_at, self._fields)

    def _warn_of_surplus(self, lost: LostCreate, record: Record) -> None:
        """Warn when the first of two requests was carried out after all, but late."""
        try:
            surplus = self._creator.orphans.surplus(lost, record)
        except ComfyControlError:
            return  # a warning is no reason to fail
        if surplus:
            listener().warning(
                f"Two requests were sent to create {self._kind.label} {record.id}, because the"
                f" first got no answer; perhaps it created {', '.join(sorted(surplus))}: if nothing"
                " uses that, delete it in the dashboard."
            )

    def _post(self) -> Record:
        """Send; raises :class:`_AnswerLost` when it can't be known what came of it."""
        try:
            record = self._client.create(self._kind, self._fields, self._on_send)
        except ComfyControlError as error:
            if not self._number:
                raise
            if maybe_executed(error):
                raise _AnswerLost(error) from None
            self._journal.forget(self._number)
            raise
        self._journal.answered(self._number, self._owner, record.id)
        self._creator.orphans.api_clock.learn(
            seconds(record.created_at), self._sent_at, self._creator.clock.time()
        )
        return record

    def _on_send(self) -> None:
        self._sent_at = self._creator.clock.time()
        if not self._number:
            self._number = self._journal.begin(
                self._kind.label, self._owner, self._fingerprint, self._sent_at
            )
        else:
            self._journal.sent_again(self._number, self._sent_at)

    def _resolve(self, error: ComfyControlError, lost: LostCreate) -> Record | None:
        """Find out what became of the request whose answer was lost."""
        listener().status("the answer was lost; looking for what was created")
        try:
            record = self._creator.orphans.find(lost, exactly=True)
        except ComfyControlError as failure:
            self._journal.unresolved(self._number)
            raise self._unresolved(error, failure) from None
        if record is not None:
            self._journal.answered(self._number, self._owner, record.id)
        return record

    def _unresolved(self, error: ComfyControlError, failure: ComfyControlError) -> ResourceError:
        if isinstance(failure, ResourceError):
            return ResourceError(f"{error.fault}, and {failure.fault}", failure.advice)
        fault = (
            f"{error.fault}, and looking for what it may have created failed too: {failure.fault}"
        )
        again = self._client.words.again
        return ResourceError(fault, f"{again}: it looks for that object before it creates one")


class _AnswerLost(Exception):
    """A create request may have been carried out; ``error`` is why its answer is missing."""

    def __init__(self, error: ComfyControlError) -> None:
        self.error = error
        super().__init__(str(error))
