"""Creates an object at most once, even when the answer is lost or the process is killed.

docs/create-once.md explains the states, the races, and what can't be decided.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from .client import PER_PAGE, Client
from .clock import Clock
from .errors import ComfyControlError, ResourceError
from .journal import Attempt, Journal
from .kind import Kind
from .models import Record
from .progress import listener
from .retry import maybe_executed

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


class Creator:
    """Creates objects of one kind; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, journal: Journal, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._journal = journal
        self._clock = clock
        self._lock = threading.Lock()
        self._owned: set[str] = set()

    def owns(self, id_: str) -> None:
        """Take note of an id that the engine has in its state: it is nobody's orphan."""
        with self._lock:
            self._owned.add(id_)
        self._journal.confirm(self._kind.label, id_)

    def is_owned(self, id_: str) -> bool:
        """Whether the engine is known to have this id in its state."""
        return id_ in self._owned

    def create(self, values: Mapping[str, Any], owner: str) -> Record:
        """Return a new object, or the one that an interrupted attempt of ``owner`` made.

        ``owner`` is the URN, or "" where it is not known. The object has the fields that the
        create request takes; it may differ from ``values`` in others. Raises
        :class:`ResourceError` where it can't be told which object is ours; then nothing is
        created.
        """
        sent = {name: value for name, value in values.items() if self._kind.fields[name].on_create}
        fingerprint = self._kind.fingerprint(sent)
        with self._journal.one_at_a_time(fingerprint):
            record = self._recover(sent, owner, fingerprint)
            if record is None:
                record = self._post(sent, owner, fingerprint, may_repeat=True)
        with self._lock:
            self._owned.add(record.id)
        return record

    def _recover(self, sent: Mapping[str, Any], owner: str, fingerprint: str) -> Record | None:
        """Look for what an earlier attempt, whose process is gone, left behind."""
        for attempt in self._settled_attempts(owner, fingerprint):
            if attempt.object_id is not None:
                record = self._by_id(attempt.object_id)
            else:
                record = self._look_twice(attempt.fingerprint, sent, attempt.started)
            if record is None:
                self._journal.forget(attempt.number)
                continue
            self._journal.answered(attempt.number, record.id)
            listener().info(
                f"Took over {self._kind.label} {record.id}, which an interrupted run had created"
                " for this resource."
            )
            return record
        return None

    def _settled_attempts(self, owner: str, fingerprint: str) -> list[Attempt]:
        """The attempts without a living engine, once none of them is under way any more."""
        while True:
            attempts = self._journal.attempts(self._kind.label, owner, fingerprint)
            orphans = [one for one in attempts if not one.held or one.object_id is None]
            if not any(one.under_way for one in orphans):
                return [one for one in orphans if one.object_id not in self._owned]
            listener().status("waiting for an interrupted run to end")
            self._clock.sleep(_POLL)

    def _by_id(self, id_: str) -> Record | None:
        try:
            return self._client.get(self._kind, id_)
        except ComfyControlError as error:
            if getattr(error, "status", None) == 404:  # noqa: PLR2004
                return None
            raise

    def _post(
        self, sent: Mapping[str, Any], owner: str, fingerprint: str, *, may_repeat: bool
    ) -> Record:
        begun: list[tuple[int, float]] = []

        def on_send() -> None:
            if not begun:
                now = self._clock.time()
                number = self._journal.begin(self._kind.label, owner, fingerprint, now)
                begun.append((number, now))

        try:
            record = self._client.create(self._kind, sent, on_send)
        except ComfyControlError as error:
            if not begun:
                raise
            number, started = begun[0]
            if not maybe_executed(error):
                self._journal.forget(number)
                raise
            return self._resolve(error, number, started, sent, owner, fingerprint, may_repeat)
        if begun:
            self._journal.answered(begun[0][0], record.id)
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
            record = self._look_twice(fingerprint, sent, started)
        except ComfyControlError as failure:
            self._journal.unresolved(number)
            raise _unresolved(error, failure) from None
        if record is not None:
            self._journal.answered(number, record.id)
            return record
        if not may_repeat:
            self._journal.unresolved(number)
            raise error
        self._journal.forget(number)
        return self._post(sent, owner, fingerprint, may_repeat=False)

    def _look_twice(
        self, fingerprint: str, sent: Mapping[str, Any], started: float
    ) -> Record | None:
        record = self._look(fingerprint, sent, started)
        if record is None:
            self._clock.sleep(_SECOND_LOOK)
            record = self._look(fingerprint, sent, started)
        return record

    def _look(self, fingerprint: str, sent: Mapping[str, Any], started: float) -> Record | None:
        """Return the one object that the attempt can have made, None, or raise for several."""
        taken = self._owned | self._journal.ids(self._kind.label)
        found = [
            record
            for record in self._newest(started, taken)
            if self._matches(record, fingerprint, sent)
        ]
        if len(found) > 1:
            ids = ", ".join(sorted(record.id for record in found))
            fault = (
                f"it is not known whether an interrupted request created this {self._kind.label},"
                f" and several that equal it exist ({ids})"
            )
            advice = (
                "nothing was created; delete the surplus in the dashboard, or take one over with"
                " ResourceOptions(import_=…)"
            )
            raise ResourceError(fault, advice)
        return found[0] if found else None

    def _matches(self, record: Record, fingerprint: str, sent: Mapping[str, Any]) -> bool:
        values = self._kind.values(record.model_dump())
        on_create = {name for name in values if self._kind.fields[name].on_create}
        values = {name: values[name] for name in on_create}
        if self._kind.fingerprint(sent) == fingerprint:
            return not self._kind.differing(values, sent)
        # The program has changed since the attempt, whose secret values are not on record.
        return self._kind.fingerprint(values) == fingerprint

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
        return datetime.fromisoformat(value).timestamp()
    except (TypeError, ValueError):
        return None


def _unresolved(error: ComfyControlError, failure: ComfyControlError) -> ResourceError:
    fault = f"{error.fault}, and looking for what it may have created failed too: {failure.fault}"
    advice = "run `pulumi up` again: it looks for that object before it creates another one"
    return ResourceError(fault, advice)
