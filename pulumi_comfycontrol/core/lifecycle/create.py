"""Creates an object at most once, even when the answer is lost or the process is killed.

docs/create-once.md explains the states, the races, and what can't be decided.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from ..api.client import PER_PAGE, Client
from ..api.retry import maybe_executed
from ..clock import Clock
from ..errors import ComfyControlError, NotFound, ResourceError
from ..journal.journal import Attempt, Journal
from ..progress import listener
from ..types.kind import Kind
from ..types.record import Record

#: Seconds by which an object may seem older than the attempt that made it: timestamps and the
#: ``Date`` header have whole seconds, and the request's way takes time.
_EARLIER = 5.0
#: The same where the server's clock is not known.
_EARLIER_UNKNOWN = 300.0
#: Seconds after an attempt began in which the API may still carry it out.
_LATER = 300.0
#: Seconds between the first and the second look.
_SECOND_LOOK = 2.0
#: Pages of the newest objects that are searched.
_MOST_PAGES = 5
#: Seconds between two looks at whether an interrupted process has ended.
_POLL = 0.5
#: When so many objects of earlier runs are gone, the others are not asked for.
_ENOUGH_GONE = 3


class Creator:
    """Creates objects of one kind; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, journal: Journal, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._journal = journal
        self._clock = clock
        self._lock = threading.Lock()
        #: Ids that the engine has shown to have, and ids that it gets from here.
        self._shown: set[str] = set()
        self._made: set[str] = set()
        self._gone = 0

    def owns(self, id_: str) -> None:
        """Take note of an id that the engine has in its state: it is nobody's orphan."""
        with self._lock:
            self._shown.add(id_)
        self._journal.confirm(self._kind.label, id_)

    def claim(self, id_: str) -> bool:
        """Take an existing object for one resource; False when another one has it already."""
        with self._lock:
            if id_ in self._shown or id_ in self._made:
                return False
            self._made.add(id_)
            return True

    def renounce(self, id_: str) -> None:
        """Give up a claim."""
        with self._lock:
            self._made.discard(id_)

    def create(self, values: Mapping[str, Any], owner: str) -> tuple[Record, bool]:
        """Return a new object, or the one that an interrupted attempt of ``owner`` made.

        ``owner`` is the URN, or "" where it is not known. A new object has the fields of
        ``values`` that the create request takes, and defaults; one that is taken over, of which
        the second value tells, may differ from ``values`` in everything. Raises
        :class:`ResourceError` where it can't be told which object is ours; then nothing is
        created.
        """
        sent = {name: value for name, value in values.items() if self._kind.fields[name].on_create}
        fingerprint = self._kind.fingerprint(sent)
        attempts = self._journal.attempts(self._kind.label, owner, fingerprint)
        # Who looks for what an attempt made must not meet an equal create that is under way.
        with self._journal.one_at_a_time(fingerprint, *(one.fingerprint for one in attempts)):
            found = self._recover(sent, owner, fingerprint)
            record = found or self._post(sent, owner, fingerprint, may_repeat=True)
            with self._lock:
                self._made.add(record.id)
        return record, found is not None

    def _recover(self, sent: Mapping[str, Any], owner: str, fingerprint: str) -> Record | None:
        """Look for what an earlier attempt, whose answer the engine did not get, left behind."""
        attempts = self._settled_attempts(owner, fingerprint)
        for attempt in attempts:
            if attempt.told:
                continue
            record = self._find(attempt, sent)
            if record is None:
                if attempt.own and attempt.same_token:
                    self._journal.forget(attempt.number)
                continue
            self._journal.answered(attempt.number, owner, record.id)
            listener().info(
                f"Took over {self._kind.label} {record.id}, which an interrupted attempt had"
                " created for this resource."
            )
            return record
        for attempt in attempts:
            if attempt.told and owner:
                self._name(attempt, attempt.object_id or "")
        return None

    def _find(self, attempt: Attempt, sent: Mapping[str, Any]) -> Record | None:
        if attempt.object_id is not None:
            return self._by_id(attempt.object_id)
        if attempt.own:
            return self._look_twice(attempt.fingerprint, sent, attempt.started, exactly=False)
        # The resource has got another name since, or its equal will look once more.
        with suppress(ResourceError):
            return self._look(attempt.fingerprint, sent, attempt.started, exactly=True)
        return None

    def _name(self, attempt: Attempt, id_: str) -> None:
        """Tell of an object that the engine was told of for this resource, and does not have.

        Either it could not save its state, or somebody took the object out of the state.
        """
        try:
            gone = self._gone >= _ENOUGH_GONE or self._by_id(id_) is None
        except ComfyControlError:
            return  # nothing that a create should fail for
        if gone:
            if not attempt.same_token:
                return  # it may only be another account's
            self._gone += 1
        else:
            listener().warning(
                f"An earlier run created {self._kind.label} {id_} for this resource, but the stack"
                " does not have it, so another one is created; if nothing else uses that one,"
                " delete it in the dashboard."
            )
        self._journal.settle(self._kind.label, id_)

    def _settled_attempts(self, owner: str, fingerprint: str) -> list[Attempt]:
        """The attempts without a living engine, once none of them is under way any more."""
        while True:
            attempts = self._journal.attempts(self._kind.label, owner, fingerprint)
            orphans = [one for one in attempts if not one.held or one.object_id is None]
            if not any(one.under_way for one in orphans):
                return [one for one in orphans if one.object_id not in self._shown]
            listener().status("waiting for an interrupted run to end")
            self._clock.sleep(_POLL)

    def _by_id(self, id_: str) -> Record | None:
        try:
            return self._client.get(self._kind, id_)
        except NotFound:
            return None

    def _post(
        self, sent: Mapping[str, Any], owner: str, fingerprint: str, *, may_repeat: bool
    ) -> Record:
        number: int | None = None
        started = 0.0

        def on_send() -> None:
            nonlocal number, started
            started = self._clock.time()
            if number is None:
                number = self._journal.begin(self._kind.label, owner, fingerprint, started)
            else:
                self._journal.sent_again(number, started)

        try:
            record = self._client.create(self._kind, sent, on_send)
        except ComfyControlError as error:
            if number is None:
                raise
            if not maybe_executed(error):
                self._journal.forget(number)
                raise
            return self._resolve(error, number, started, sent, owner, fingerprint, may_repeat)
        if number is not None:
            self._journal.answered(number, owner, record.id)
        return record

    def _resolve(
        self,
        error: ComfyControlError,
        number: int,
        started: float,
        sent: Mapping[str, Any],
        owner: str,
        fingerprint: str,
        may_repeat: bool,
    ) -> Record:
        """Find out what became of a POST whose answer did not come."""
        listener().status("the answer was lost; looking for what was created")
        try:
            record = self._look_twice(fingerprint, sent, started, exactly=True)
        except ComfyControlError as failure:
            self._journal.unresolved(number)
            raise _unresolved(error, failure) from None
        if record is not None:
            self._journal.answered(number, owner, record.id)
            return record
        if not may_repeat:
            self._journal.unresolved(number)
            raise error
        self._journal.forget(number)
        return self._post(sent, owner, fingerprint, may_repeat=False)

    def _look_twice(
        self, fingerprint: str, sent: Mapping[str, Any], started: float, *, exactly: bool
    ) -> Record | None:
        record = self._look(fingerprint, sent, started, exactly=exactly)
        if record is None:
            self._clock.sleep(_SECOND_LOOK)
            record = self._look(fingerprint, sent, started, exactly=exactly)
        return record

    def _look(
        self, fingerprint: str, sent: Mapping[str, Any], started: float, *, exactly: bool
    ) -> Record | None:
        """Return an object that the attempt can have made, None, or raise for too many.

        It equals ``sent``, or, unless ``exactly``, at least what is on record of the attempt: the
        program may have changed since. As many equal objects as there are equal attempts with an
        unknown outcome are not too many: it makes no difference who gets which.
        """
        with self._lock:
            taken = self._shown | self._made
        taken |= self._journal.ids(self._kind.label)
        recent = [(record, self._sent(record)) for record in self._newest(started, taken)]
        found: list[Record] = []
        if self._kind.fingerprint(sent) == fingerprint:
            found = [record for record, values in recent if not self._kind.differing(values, sent)]
        if not (found or exactly):
            found = [
                record for record, values in recent if self._kind.fingerprint(values) == fingerprint
            ]
        attempts = self._journal.unknown(
            self._kind.label, fingerprint, started - _LATER, started + _LATER
        )
        undated = any(_timestamp(record.created_at) is None for record in found)
        if undated or len(found) > max(attempts, 1):
            ids = ", ".join(sorted(record.id for record in found))
            what = "several that equal it exist" if len(found) > 1 else "one that equals it exists"
            fault = (
                f"it is not known whether an interrupted request created this {self._kind.label},"
                f" and {what} ({ids})"
            )
            advice = (
                "nothing was created; delete the surplus in the dashboard, or take one over with"
                " ResourceOptions(import_=…)"
            )
            raise ResourceError(fault, advice)
        # The oldest, because an attempt that began later could not have made it.
        return found[-1] if found else None

    def _sent(self, record: Record) -> dict[str, Any]:
        """What a request that makes such an object sends."""
        values = self._kind.values(record.as_dict())
        return {name: one for name, one in values.items() if self._kind.fields[name].on_create}

    def _newest(self, started: float, taken: set[str]) -> Iterable[Record]:
        """All objects that were created around ``started``, each once, without ``taken``."""
        records: dict[str, Record] = {}
        for number in range(1, _MOST_PAGES + 1):
            page = self._client.page(self._kind, number)
            offset = self._client.clock_offset
            earlier = _EARLIER_UNKNOWN if offset is None else _EARLIER
            begin = started + (offset or 0.0)
            ages = [_timestamp(item.get("created_at")) for item in page.items]
            for item, created in zip(page.items, ages, strict=True):
                id_ = str(item.get("id"))
                if id_ in taken:
                    continue
                if created is None or begin - earlier <= created <= begin + _LATER:
                    record = self._kind.from_list(item, {}) or self._client.get(self._kind, id_)
                    records[id_] = record
            past = any(created is not None and created < begin - earlier for created in ages)
            if past or not page.items or number * PER_PAGE >= page.total:
                break
        return records.values()


def _timestamp(value: Any) -> float | None:
    try:
        time = datetime.fromisoformat(value)
        # All times are UTC [docs: api], also where one does not say so (A5).
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError):
        return None


def _unresolved(error: ComfyControlError, failure: ComfyControlError) -> ResourceError:
    if isinstance(failure, ResourceError):
        return ResourceError(f"{error.fault}, and {failure.fault}", failure.advice)
    fault = f"{error.fault}, and looking for what it may have created failed too: {failure.fault}"
    advice = "run `pulumi up` again: it looks for that object before it creates another one"
    return ResourceError(fault, advice)
