"""Creation at most once, even when the answer is lost or the process is killed.

docs/design/create-once.md explains the states and the races.
"""

from __future__ import annotations

import enum
import hashlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from ..api.budget import one_attempt
from ..api.retry import maybe_executed
from ..errors import ComfyControlError, ResourceError
from ..progress import listener
from ..setting_values import IfExists
from ..types.record import Record
from .context import Context, Part
from .earlier_attempts import Ambiguous, EarlierAttempts
from .existing import Existing
from .orphans import OrphanSearch
from .sightings import LostCreate


class Origin(enum.Enum):
    """Origin of the object that a create returns."""

    NEW = enum.auto()
    #: Made by an interrupted create of the same resource.
    ORPHAN = enum.auto()
    #: Existing before, and adopted as ``if_exists`` allows.
    EXISTING = enum.auto()


class Creator:
    """Service that creates objects of one kind; may be shared by threads."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.orphans = OrphanSearch(context)
        self.earlier = EarlierAttempts(context, self.orphans)
        self.existing = Existing(context)
        self._lock = threading.Lock()
        self._is_new_stack: bool | None = None

    def is_new_stack(self, owner: str) -> bool:
        """Whether the journal did not know the owner's stack before, as for this kind."""
        with self._lock:
            if self._is_new_stack is None:
                self._is_new_stack = self.context.journal.is_new(self.context.kind.label, owner)
            return self._is_new_stack

    def create(
        self, values: Mapping[str, Any], owner: str, if_exists: IfExists = "create"
    ) -> tuple[Record, Origin]:
        """Return a new object, or an existing one that is taken over.

        ``owner`` is the URN, or "" where it is not known. ``if_exists`` is the policy for an
        unmanaged object with the same identity. A new object has the fields of ``values`` that the
        create request takes, and defaults; one that is taken over may differ from ``values`` in
        every field. Raises :class:`ResourceError`, without creating anything, where the object of
        a lost create is ambiguous, or where ``if_exists`` forbids a new object.
        """
        return _Creation(self, values, owner, if_exists).run()


class _Creation(Part):
    """One create of one resource, from the search for an earlier attempt to the answer."""

    def __init__(
        self, creator: Creator, values: Mapping[str, Any], owner: str, if_exists: IfExists
    ) -> None:
        self._creator = creator
        super().__init__(creator.context)
        self._fields = self._kind.on_create(values)
        self._owner = owner
        # A replacement is about to delete an object of unknown id, which must not be adopted.
        self._if_exists = "create" if self._managed.replaces_unknown(owner) else if_exists
        self._fingerprint = self._kind.fingerprint(self._fields)
        #: The attempt's number in the journal, 0 before it is sent; the time of the latest POST.
        self._number = 0
        self._sent_at = 0.0

    def run(self) -> tuple[Record, Origin]:
        """See :meth:`Creator.create`."""
        attempts = self._creator.earlier.on_record(self._owner, self._fingerprint)
        locks = {one.fingerprint for one in attempts} | {self._fingerprint}
        if self._if_exists != "create":
            locks.add(self._identity())
        # No equal create may be under way while the object of a lost one is searched for.
        with self._journal.one_at_a_time(*locks):
            return self._run()

    def _run(self) -> tuple[Record, Origin]:
        earlier = self._creator.earlier
        attempts = earlier.settled(self._owner, self._fingerprint)
        ambiguous: Ambiguous | None = None
        try:
            record = earlier.take_over(attempts, self._fields, self._owner)
        except Ambiguous as error:
            if self._if_exists != "adopt":
                raise
            record, ambiguous = None, error
        if record is not None:
            self._report(record, "an interrupted attempt had created for this resource")
            return record, Origin.ORPHAN
        record = self._take_existing(ambiguous)
        if record is not None:
            identity = " and ".join(self._kind.identity)
            self._report(record, f"has this resource's {identity}")
            return record, Origin.EXISTING
        if ambiguous is not None:
            raise ambiguous
        if self._owner:
            earlier.warn_of_unused(attempts)
        equal = self._equal_ids()
        try:
            record = self._post_and_resolve()
            self._managed.claim(record.id, self._owner)
        finally:
            self._warn_of_equal(equal)
        return record, Origin.NEW

    def _report(self, record: Record, reason: str) -> None:
        pending = f"; {words}" if (words := self._client.words.pending) else ""
        listener().info(f"Took over {self._kind.label} {record.id}, which {reason}{pending}.")

    def _identity(self) -> str:
        """Hash of the fields by which a user recognises an object."""
        parts = [self._kind.fields[name].normal(self._fields[name]) for name in self._kind.identity]
        return hashlib.sha256(json.dumps([self._kind.label, parts]).encode()).hexdigest()

    # Existing objects

    def _take_existing(self, ambiguous: Ambiguous | None) -> Record | None:
        """Apply ``if_exists`` to an unmanaged object of the same identity."""
        existing = self._creator.existing
        if self._if_exists == "create":
            return None
        if self._if_exists == "fail":
            existing.refuse(self._fields, self._owner)
            return None
        record = existing.adopt(self._fields, self._owner)
        if record is None:
            return None
        # The record keeps other stacks with the same journal from adopting it too.
        if ambiguous is not None:
            number = ambiguous.attempt.number
        else:
            now = self._clock.time()
            number = self._journal.begin(self._kind.label, self._owner, self._fingerprint, now)
        self._journal.answered(number, self._owner, record.id)
        return record

    def _equal_ids(self) -> list[str]:
        """Return the ids of objects that a run on another machine may have created for this one.

        An empty list for a stack with earlier runs on record, which the journal knows.
        """
        if self._if_exists != "create":
            return []
        try:
            if not self._creator.is_new_stack(self._owner):
                return []
            with one_attempt():
                return self._creator.existing.equal_on_first_page(self._fields)
        except ComfyControlError:
            return []  # a warning is no reason to fail

    def _warn_of_equal(self, ids: list[str]) -> None:
        """Warn of those that nothing known manages.

        Called after the request: by then, the engine has told of most of what its state has.
        """
        try:
            ids = self._creator.existing.unmanaged(ids, self._owner)
        except ComfyControlError:
            return
        if ids:
            words = self._client.words
            listener().warning(
                f"{self._kind.label.capitalize()} {', '.join(sorted(ids))} equals this resource,"
                " and nothing here manages it: perhaps an interrupted run on another machine"
                " created it. This resource gets another one. To keep that one,"
                f" {words.adopt}; otherwise, delete it in the dashboard; so that it does not happen"
                f" again, {words.share}."
            )

    # The request

    def _post_and_resolve(self) -> Record:
        """Send the POST; after a lost answer search for the object, and send again at most once."""
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
        return LostCreate(self._fingerprint, self._sent_at, self._fields, by_this_run=True)

    def _warn_of_surplus(self, lost: LostCreate, record: Record) -> None:
        """Warn when both POSTs were carried out, the first one late."""
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
        """Send the POST; raises :class:`_AnswerLost` when its outcome is unknown."""
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
        self._creator.orphans.learn(record, self._sent_at)
        return record

    def _on_send(self) -> None:
        self._sent_at = self._clock.time()
        if not self._number:
            self._number = self._journal.begin(
                self._kind.label, self._owner, self._fingerprint, self._sent_at
            )
        else:
            self._journal.sent_again(self._number, self._sent_at)

    def _resolve(self, error: ComfyControlError, lost: LostCreate) -> Record | None:
        """Return the object of a POST whose answer was lost; None where the POST had no effect."""
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
    """Create request with an unknown outcome; ``error`` is why its answer is missing."""

    def __init__(self, error: ComfyControlError) -> None:
        self.error = error
        super().__init__(str(error))
