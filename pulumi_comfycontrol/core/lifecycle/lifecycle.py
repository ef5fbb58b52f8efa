"""What happens to one kind of object over its life; what a front-end for an engine calls."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Any

from ..api.client import Client
from ..clock import SYSTEM_CLOCK, Clock
from ..errors import ApiError, ComfyControlError, NotFound, ResourceError
from ..journal.journal import Journal
from ..progress import listener
from ..types.kind import Kind
from ..types.record import Record
from .create import Creator
from .delete import Deleter
from .list_cache import Snapshot
from .managed import Managed


class Unfinished(ComfyControlError):
    """The object exists as ``record``, but not yet as it was asked for."""

    def __init__(self, record: Record, error: ComfyControlError) -> None:
        self.record = record
        super().__init__(error.fault, "the next `pulumi up` finishes it")


class Lifecycle:
    """Creates, reads, changes and deletes objects of one kind; may be shared by threads.

    ``values`` are the fields that the program sets; ``known`` are an object's properties as of
    the last time. Every method raises a :class:`ComfyControlError` whose text is a sentence.
    """

    def __init__(
        self, client: Client, kind: Kind, journal: Journal, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self.kind = kind
        self._client = client
        self._journal = journal
        self._managed = Managed()
        self._creator = Creator(client, kind, journal, self._managed, clock)
        self._deleter = Deleter(client, kind, clock)
        self._snapshot = Snapshot(client, kind, clock)
        self._account_lock = threading.Lock()
        self._account: str | None = None

    def owns(self, id_: str, owner: str = "") -> None:
        """Note that the recorded state of ``owner`` has this object: it is no orphan."""
        self._managed.record(id_, owner)
        self._journal.confirm(self.kind.label, id_)

    def create(self, values: Mapping[str, Any], owner: str = "") -> Record:
        """Create at most once. Raises :class:`Unfinished` when only a follow-up failed."""
        try:
            record, taken_over = self._creator.create(values, owner)
        finally:
            self._snapshot.clear()
        if taken_over:  # what the program has ceased to set since goes back to its default
            values = self.kind.complete(values)
        # Nothing below may lose the id: whatever fails travels together with the record.
        return self._adjust(record, values)

    def adopt(
        self, id_: str, values: Mapping[str, Any], *, update: bool, owner: str = ""
    ) -> Record:
        """Take over an existing object; differences are an error, or applied with ``update``.

        Raises :class:`Unfinished` when applying them failed.
        """
        advice = self._client.words.correct_id
        if not self._managed.claim(id_, owner):
            fault = f"another resource of this stack manages {self.kind.label} {id_} already"
            raise ResourceError(fault, advice)
        try:
            record = self._snapshot.read(id_, {})
            differing = self._differing(record, values) & values.keys()
            if differing and not update:
                names = ", ".join(sorted(differing))
                raise ResourceError(
                    f"{self.kind.label} {id_} differs from the program in {names}",
                    "make the program say what exists, or pass adopt='update' to change the object",
                )
        except BaseException as error:
            self._managed.renounce(id_)
            if not isinstance(error, ApiError) or error.status not in {400, 404}:
                raise
            fault = f"this account has no {self.kind.label} with the id {id_} ({error.message})"
            raise ResourceError(fault, advice) from None
        self._journal.confirm(self.kind.label, id_)
        return self._adjust(record, {name: values[name] for name in differing})

    def read(
        self, id_: str, known: Mapping[str, Any], *, managed: bool = True, owner: str = ""
    ) -> Record | None:
        """Return the object, or None when it is certain that it is gone.

        One that is only looked at, and not ``managed``, may be taken over by another resource.
        """
        if managed:
            self.owns(id_, owner)
        try:
            record = self._snapshot.read(id_, known)
        except NotFound:
            self._check_account(known)
            return None
        self._account = getattr(record, "user_id", None) or self._account
        return record

    def update(
        self,
        id_: str,
        known: Mapping[str, Any],
        values: Mapping[str, Any],
        ignored: Collection[str] = (),
        *,
        owner: str = "",
    ) -> Record:
        """Send those of ``values`` that differ from ``known``, and nothing if none does.

        What has changed outside meanwhile is put right too, except in ``ignored`` fields.
        """
        self.owns(id_, owner)
        changes = {
            name: values[name] for name in self.kind.differing(known, values) & values.keys()
        }
        if not changes:
            return self.kind.record.parse({**known, "id": id_})
        try:
            record = self._client.update(self.kind, id_, changes)
        except NotFound as error:
            raise ResourceError(
                error.fault, "it no longer exists: run `pulumi refresh`, then `pulumi up`"
            ) from None
        finally:
            self._snapshot.clear()
        self._verify(record, changes)
        kept = {name: value for name, value in values.items() if name not in ignored}
        if not self._differing(record, kept) & kept.keys():
            return record
        # Somebody has changed another field meanwhile, or PUT has replaced the whole object (A16).
        # With all of the fields, it leaves nothing to guess.
        return self._put(record, kept)

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
            if not self._deleter.delete(id_):
                self._check_account(known)
        finally:
            self._snapshot.clear()

    def _adjust(self, record: Record, values: Mapping[str, Any]) -> Record:
        """Bring an object to ``values`` with one PUT, if it differs; raises :class:`Unfinished`."""
        changes = {name: values[name] for name in self._differing(record, values) & values.keys()}
        return self._put(record, changes) if changes else record

    def _put(self, record: Record, values: Mapping[str, Any]) -> Record:
        try:
            record = self._client.update(self.kind, record.id, values)
        except ComfyControlError as error:
            raise Unfinished(record, error) from error
        finally:
            self._snapshot.clear()
        self._verify(record, values)
        return record

    def _differing(self, record: Record, values: Mapping[str, Any]) -> set[str]:
        return self.kind.differing(record.as_dict(), values)

    def _verify(self, record: Record, sent: Mapping[str, Any]) -> None:
        """Raise when the API says that it has done what it was told, but has not (A16)."""
        differing = self._differing(record, sent) & sent.keys()
        if differing:
            names = ", ".join(sorted(differing))
            fault = (
                f"{self.kind.label} {record.id} was changed, but has other {names} than were sent"
            )
            error = ResourceError(fault, "look at it in the dashboard, then try again")
            raise Unfinished(record, error)

    def _check_account(self, known: Mapping[str, Any]) -> None:
        """Refuse to believe a 404 when the token belongs to somebody else (docs: api/errors)."""
        expected = known.get("user_id")
        with self._account_lock:
            if self._account is None:
                try:
                    self._account = self._client.user().id
                except ApiError as error:
                    fault = f"it can't be told whether the {self.kind.label} is gone: {error.fault}"
                    raise ResourceError(fault, error.advice) from None
        if expected and expected != self._account:
            raise ResourceError(
                f"the {self.kind.label} belongs to another ComfyControl account ({expected})"
                f" than the token ({self._account})",
                "use the token of the account that owns it; nothing was removed from the state",
            )
