"""The lifecycle of one kind of object: the operations that a front-end calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..api.client import Client
from ..clock import SYSTEM_CLOCK, Clock
from ..errors import ApiError, ComfyControlError, ResourceError
from ..journal.journal import Journal
from ..progress import listener
from ..setting_values import IfExists
from ..types.kind import Kind
from ..types.record import Record
from .context import Context
from .create import Creator, Origin
from .delete import Deleter
from .gone import Existence
from .list_cache import ListCache
from .managed import Managed
from .verify import FORMS, NotKept, Outcome, Verifier, sent
from .write import Writer


class Unfinished(ComfyControlError):
    """Operation whose object exists as ``outcome``, but not yet as requested."""

    def __init__(self, outcome: Outcome, error: ComfyControlError, advice: str) -> None:
        self.outcome = outcome
        super().__init__(error.fault, advice)

    @property
    def record(self) -> Record:
        """The object."""
        return self.outcome.record


class Lifecycle:
    """Operations on the objects of one kind; may be shared by threads.

    ``values`` are the fields that the program sets; ``known`` are an object's last known
    properties. Every method raises a :class:`ComfyControlError` whose text is a sentence.
    ``managed`` is the deployment's registry of managed objects.
    """

    def __init__(
        self,
        client: Client,
        kind: Kind,
        journal: Journal,
        clock: Clock = SYSTEM_CLOCK,
        managed: Managed | None = None,
    ) -> None:
        self.kind = kind
        self._client = client
        self._journal = journal
        self._managed = managed or Managed()
        self._existence = Existence(client, kind, clock)
        self._verifier = Verifier(client, kind, clock)
        self._writer = Writer(client, kind, self._existence, self._verifier)
        self._creator = Creator(Context(client, kind, journal, self._managed, clock))
        self._deleter = Deleter(client, kind, self._existence, clock)
        self._list_cache = ListCache(client, kind, clock)

    def note_recorded(self, id_: str, owner: str = "") -> None:
        """Note that the recorded state of ``owner`` has this object: it is no orphan."""
        self._managed.record(id_, owner)
        self._journal.confirm(self.kind.label, id_)

    def create(
        self, values: Mapping[str, Any], owner: str = "", if_exists: IfExists = "create"
    ) -> Outcome:
        """Create at most once; for ``if_exists`` see :meth:`.create.Creator.create`.

        Raises :class:`Unfinished` when only a follow-up failed.
        """
        try:
            record, origin = self._creator.create(values, owner, if_exists)
        finally:
            self._list_cache.clear()
        # No failure below may lose the id: each is raised together with the record.
        if origin is Origin.ORPHAN:  # fields that are no longer set return to their defaults
            return self._bring(Outcome(record), self.kind.complete(values))
        if origin is Origin.EXISTING:
            return self._bring(Outcome(record), values)
        return self._settle_new(record, values)

    def adopt(
        self, id_: str, values: Mapping[str, Any], *, update: bool, owner: str = ""
    ) -> Outcome:
        """Take over an existing object; differences are an error, or applied with ``update``.

        Raises :class:`Unfinished` when applying them failed.
        """
        advice = self._client.words.correct_id
        if not self._managed.claim(id_, owner):
            fault = f"another resource of this stack manages {self.kind.label} {id_} already"
            raise ResourceError(fault, advice)
        try:
            record = self._list_cache.read(id_, {}, lambda: self._client.get(self.kind, id_))
            changes = self._changes(record.as_dict(), values)
            if changes and not update:
                names = ", ".join(sorted(changes))
                fault = f"{self.kind.label} {id_} differs from the program in {names}"
                advice = f"change the program to match it, or {self._client.words.adopt_update}"
                raise ResourceError(fault, advice)
        except BaseException as error:
            self._managed.renounce(id_)
            if not isinstance(error, ApiError) or error.status not in {400, 404}:
                raise
            fault = f"this account has no {self.kind.label} with the id {id_} ({error.message})"
            raise ResourceError(fault, advice) from None
        self._journal.confirm(self.kind.label, id_)
        return self._bring(Outcome(record), values)

    def read(
        self, id_: str, known: Mapping[str, Any], *, managed: bool = True, owner: str = ""
    ) -> Outcome | None:
        """Return the object, or None when it is certain that it is gone.

        A field whose value is still that of ``known`` keeps the server's form. An object that is
        only read, and not ``managed``, may be taken over by another resource.
        """
        if managed:
            self.note_recorded(id_, owner)
        record = self._list_cache.read(id_, known, lambda: self._existence.find(id_, known))
        if record is None:
            return None
        forms: Mapping[str, Any] = known.get(FORMS, {})
        changed = self.kind.differing(record.as_dict(), known) if forms else ()
        return Outcome(record, {name: forms[name] for name in forms if name not in changed})

    def update(
        self,
        id_: str,
        known: Mapping[str, Any],
        values: Mapping[str, Any],
        ignored: Collection[str] = (),
        *,
        owner: str = "",
    ) -> Outcome:
        """Send those of ``values`` that differ from the last sent ones; nothing if none does.

        Drift is repaired too, except in ``ignored`` fields. Raises :class:`Unfinished` when the
        object does not show the values that were sent.
        """
        self.note_recorded(id_, owner)
        changes = self._changes(sent(known), values)
        if not changes:
            record = self.kind.record.parse({**known, "id": id_})
            return Outcome(record, known.get(FORMS, {}))
        outcome = self._put(id_, changes, known, None)
        kept = {name: value for name, value in values.items() if name not in ignored}
        if not self._changes(outcome.sent, kept):
            return outcome
        # Another field has changed meanwhile, or PUT has replaced the whole object (A16):
        # sending all fields is right in both cases.
        return self._put(id_, kept, outcome.known, outcome)

    def delete(self, id_: str, known: Mapping[str, Any], *, owner: str = "") -> None:
        """Delete, and return only when the object is certain to be gone.

        An object that another resource of the deployment manages stays.
        """
        self._journal.confirm(self.kind.label, id_)
        other = self._managed.release(id_, owner)
        if other is not None:
            name = other.rpartition("::")[2]
            listener().info(
                f"{self.kind.label.capitalize()} {id_} was not deleted: resource '{name}' manages"
                " it now."
            )
            return
        try:
            self._deleter.delete(id_, known)
            self._creator.existing.forget(id_)
        finally:
            self._list_cache.clear()

    def _settle_new(self, record: Record, values: Mapping[str, Any]) -> Outcome:
        """Verify the fields of a create, and send those that it could not set or did not keep."""
        fields = self.kind.fields
        on_create = {name: value for name, value in values.items() if fields[name].on_create}
        try:
            outcome = self._verifier.settle(record.id, on_create, record, None)
        except NotKept as error:
            outcome = error.outcome
        except ComfyControlError as error:
            raise Unfinished(Outcome(record), error, self._finish(error)) from error
        return self._bring(outcome, values)

    def _bring(self, outcome: Outcome, values: Mapping[str, Any]) -> Outcome:
        """Bring an object to ``values`` with one PUT, if it differs; raises Unfinished."""
        changes = self._changes(outcome.sent, values)
        if not changes:
            return outcome
        return self._put(outcome.record.id, changes, outcome.known, outcome)

    def _put(
        self,
        id_: str,
        values: Mapping[str, Any],
        before: Mapping[str, Any],
        existing: Outcome | None,
    ) -> Outcome:
        """Change an object; ``existing`` is the outcome to report when the change fails."""
        try:
            return self._writer.put(id_, values, before)
        except NotKept as error:
            raise Unfinished(error.outcome, error, error.advice) from error
        except ComfyControlError as error:
            if existing is None:
                raise
            raise Unfinished(existing, error, self._finish(error)) from error
        finally:
            self._list_cache.clear()

    def _finish(self, error: ComfyControlError) -> str:
        """Return advice for an unfinished change: of a refusal, its own advice comes first."""
        finish = self._client.words.finish
        is_refusal = isinstance(error, ApiError) and error.status < 500  # noqa: PLR2004
        return f"{error.advice}; then {finish}" if is_refusal else finish

    def _changes(self, one: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of ``values`` that differs from ``one``."""
        differing = self.kind.differing(one, values)
        return {name: value for name, value in values.items() if name in differing}
