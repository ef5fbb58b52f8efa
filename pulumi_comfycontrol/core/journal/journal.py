"""The journal: one row for each create attempt, written right before its POST.

So a process that is killed after its POST leaves a record of it; see docs/design/create-once.md.
On one machine the rows are in a SQLite file of the user's state folder; where the folder can't be
used, in memory only, with a warning. With a store they are in its database, for all machines.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from ..clock import SYSTEM_CLOCK, Clock
from ..errors import ComfyControlError
from ..progress import listener
from ..storage.database import Database, Rows, StorageError
from ..words import Words
from . import attempt_rows
from .attempt import Attempt, State
from .attempt_rows import Row
from .equal import EqualLocks
from .holders import Holders
from .writes import Writes

#: Seconds for which a create waits for an unreachable store before its first request.
PATIENCE = 60.0
#: The same right before its POST, which holds a slot of the quota meanwhile.
_PATIENCE_TO_BEGIN = 5.0
#: Seconds for which the end of the process waits for an unreachable store.
_PATIENCE_TO_END = 5.0
_RETRY = 0.5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """The program for which the journal is kept, described by the front-end.

    ``supervisor`` names the program that records the ids, see ``supervisor.py``; ``is_awaited``
    returns whether that program still waits for the calling thread's result.
    """

    supervisor: str = ""
    is_awaited: Callable[[], bool] = lambda: True


class Journal:
    """The attempts on one API; may be shared by threads and processes.

    ``token`` is kept as a part of its hash only. ``supervisor_runs`` returns whether the supervisor
    of a living process runs, None while that can't be known; ``offset`` is the database's clock
    minus this machine's, in seconds.
    """

    def __init__(
        self,
        database: Database,
        api: str,
        holder: str,
        holders: Holders,
        equal: EqualLocks,
        caller: Caller,
        *,
        token: str,
        words: Words,
        supervisor_runs: Callable[[Row], bool | None],
        offset: Callable[[Rows], float] = lambda _rows: 0.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._api = api
        self._holder = holder
        self._holders = holders
        self._equal = equal
        self._is_awaited = caller.is_awaited
        self._words = words
        self._supervisor = caller.supervisor or str(os.getppid())
        self._token = hashlib.sha256(token.encode()).hexdigest()[:16]
        self._supervisor_runs = supervisor_runs
        self._offset = offset
        self._clock = clock
        self._writes = Writes(database)
        #: The numbers of this process's attempts that have an id, by owner; then those delivered.
        self._answered: dict[str, list[int]] = {}
        self._delivered: set[int] = set()
        #: Ids that no engine's state is known to have; None before the first read of the database.
        self._unconfirmed: set[str] | None = None

    def begin(self, kind: str, owner: str, fingerprint: str, now: float) -> int:
        """Record that a POST is about to be sent, and return the attempt's number.

        Raises :class:`ComfyControlError` when the supervisor no longer waits for the result, or
        when the attempt can't be recorded.
        """
        self._check_awaited()
        number = attempt_rows.new_number()

        def work(rows: Rows) -> None:
            row = Row(
                number,
                owner,
                fingerprint,
                self._token,
                self._holder,
                self._supervisor,
                State.SENT.value,
                now + self._offset(rows),
                None,
            )
            attempt_rows.insert(rows, self._api, kind, row)

        try:
            self._ask(work, _PATIENCE_TO_BEGIN)
        except ComfyControlError:
            self.forget(number)  # the transaction may have been committed, its answer lost
            raise
        return number

    def sent_again(self, number: int, now: float) -> None:
        """Record that the POST is sent once more; the earlier one certainly had no effect.

        Raises :class:`ComfyControlError` when the supervisor no longer waits for the result.
        """
        self._check_awaited()
        self._writes.put(lambda rows: attempt_rows.restart(rows, number, now + self._offset(rows)))

    def answered(self, number: int, owner: str, object_id: str) -> None:
        """Record the id of an attempt, be it this process's own or one that is taken over.

        Never fails: the id has to reach the supervisor in any case.
        """
        self._answered.setdefault(owner, []).append(number)
        if self._unconfirmed is not None:
            self._unconfirmed.add(object_id)
        self._writes.put(
            lambda rows: attempt_rows.answer(
                rows, number, object_id, owner, self._holder, self._supervisor
            )
        )

    def unresolved(self, number: int) -> None:
        """Record that the attempt's outcome is unknown and that this process stopped waiting."""
        self._writes.put(
            lambda rows: attempt_rows.set_state(rows, number, State.UNKNOWN, State.SENT)
        )

    def forget(self, number: int) -> None:
        """Delete an attempt that created nothing."""
        self._writes.put(lambda rows: attempt_rows.delete(rows, number))

    def confirm(self, kind: str, object_id: str) -> None:
        """Record that the supervisor's state has an object, so that it is no orphan."""
        if self._unconfirmed is None:
            try:
                self._unconfirmed = self._database.transact(
                    lambda rows: attempt_rows.unconfirmed_ids(rows, self._api)
                )
            except StorageError:
                self.settle(kind, object_id)
                return
        if object_id in self._unconfirmed:
            self._unconfirmed.discard(object_id)
            self.settle(kind, object_id)

    def settle(self, kind: str, object_id: str) -> None:
        """Record that an object is confirmed, so that no search considers it any more."""
        self._writes.put(lambda rows: attempt_rows.confirm(rows, self._api, kind, object_id))

    def attempts(self, kind: str, owner: str, fingerprint: str) -> list[Attempt]:
        """Return the attempts of ``owner``; where that is unknown ("") those with equal fields.

        Confirmed ones are left out. Those without an id are also returned when they have equal
        fields and belong to another resource of the same stack (an owner with the same text before
        the second "::"). Raises :class:`ComfyControlError` when a store stays unreachable for
        :data:`PATIENCE` seconds.
        """
        family = _stack(owner)

        def work(rows: Rows) -> tuple[float, list[Row]]:
            found = attempt_rows.unconfirmed(rows, self._api, kind, owner, fingerprint, family)
            return self._offset(rows), found

        offset, rows = self._ask(work)
        attempts = [self._attempt(row, owner, offset) for row in rows]
        return sorted(attempts, key=lambda one: not one.own)

    def ids(self, kind: str) -> set[str]:
        """Return the ids of all objects that an attempt is known to have made.

        Raises as :meth:`attempts` does.
        """
        return self._ask(lambda rows: attempt_rows.ids(rows, self._api, kind))

    def ids_of_others(self, kind: str, owner: str) -> set[str]:
        """Return the ids of objects that other stacks or this deployment's other processes have.

        Raises as :meth:`attempts` does.
        """
        stack = _stack(owner)
        return self._ask(
            lambda rows: attempt_rows.ids_of_others(
                rows, self._api, kind, stack, self._supervisor, self._holder
            )
        )

    def is_new(self, kind: str, owner: str) -> bool:
        """Whether the owner's stack is not on record yet with this kind; records it.

        Raises as :meth:`attempts` does.
        """
        stack = _stack(owner)
        return bool(stack) and self._ask(
            lambda rows: attempt_rows.add_stack(rows, self._api, kind, stack)
        )

    def unknown(self, kind: str, fingerprint: str, since: float, until: float) -> int:
        """Count the attempts with these fields and without an id that began in a time.

        Raises as :meth:`attempts` does.
        """

        def work(rows: Rows) -> int:
            offset = self._offset(rows)
            return attempt_rows.count_without_id(
                rows, self._api, kind, fingerprint, since + offset, until + offset
            )

        return self._ask(work)

    def delivered(self, owner: str) -> None:
        """Mark the ids of ``owner``'s attempts as delivered to the supervisor."""
        self._delivered.update(self._answered.pop(owner, ()))

    def close(self) -> None:
        """Record the ids delivered to the supervisor, which ends regularly."""

        def work(rows: Rows) -> None:
            for number in self._delivered:
                attempt_rows.set_state(rows, number, State.DELIVERED, State.ANSWERED)

        self._writes.put(work)
        self._flush_at_end()
        self._holders.leave()

    def flush(self) -> None:
        """Write the records that could not be written before. Never fails."""
        with suppress(StorageError):
            self._writes.flush()

    @contextmanager
    def one_at_a_time(self, *fingerprints: str) -> Iterator[None]:
        """Serialize creates of equal objects, over all threads and processes.

        Raises as :meth:`attempts` does.
        """
        with ExitStack() as locks:
            self._patiently(lambda: locks.enter_context(self._equal.hold(fingerprints)))
            yield

    def _flush_at_end(self) -> None:
        until = time.monotonic() + _PATIENCE_TO_END
        while True:
            try:
                self._writes.flush()
            except StorageError as error:
                if error.lasting or time.monotonic() > until:
                    listener().warning(
                        f"The latest creates are not on record, because {error.fault}: if this run"
                        " is repeated from an older state, it may treat their objects as orphans;"
                        f" {error.advice}."
                    )
                    return
                time.sleep(_RETRY)
            else:
                return

    def _ask(self, work: Callable[[Rows], T], patience: float = PATIENCE) -> T:
        return self._patiently(lambda: self._database.transact(work), patience)

    def _patiently(self, call: Callable[[], T], patience: float = PATIENCE) -> T:
        """Return the result of ``call``; waits for an unreachable store."""
        until = self._clock.monotonic() + patience
        while True:
            try:
                return call()
            except StorageError as error:
                if error.lasting or self._clock.monotonic() >= until:
                    fault = f"nothing was created, because it can't be recorded: {error.fault}"
                    advice = f"{error.advice}, then {self._words.again}"
                    raise ComfyControlError(fault, advice) from None
                listener().status("waiting for the shared store")
                self._clock.sleep(_RETRY)

    def _check_awaited(self) -> None:
        if not self._is_awaited():
            fault = "the deployment that asked for it has ended"
            raise ComfyControlError(fault, self._words.again)

    def _attempt(self, row: Row, asking: str, offset: float) -> Attempt:
        state = State(row.state)
        if row.holder == self._holder:
            # Without a URN the attempt may belong to another resource, whose call may still go on.
            under_way, held = False, not row.owner or row.number in self._delivered
        else:
            alive = self._patiently(lambda: self._holders.is_alive(row.holder))
            runs = self._supervisor_runs(row) if alive else False
            under_way = alive and (state is State.SENT or runs is None)
            held = runs is True
        return Attempt(
            row.number,
            row.fingerprint,
            row.started - offset,
            row.object_id,
            state,
            under_way,
            held,
            own=row.owner == asking,
            same_token=row.token == self._token,
        )


def _stack(owner: str) -> str:
    """The common prefix of all URNs of the owner's stack; "" where it is not known."""
    return "::".join([*owner.split("::")[:2], ""]) if owner.count("::") > 1 else ""


def new_holder() -> str:
    """Return a unique name for this process."""
    return uuid.uuid4().hex
