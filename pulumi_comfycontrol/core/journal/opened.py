"""The assembly of a journal: on this machine's disk, or in the store of all machines."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from ..clock import SYSTEM_CLOCK, Clock
from ..config import Settings
from ..progress import listener
from ..storage.database import Rows, StorageError
from ..storage.postgres import PostgresDatabase
from ..storage.sqlite import SqliteDatabase
from ..storage.state_folder import state_folder
from ..storage.store import store_for
from ..words import NEUTRAL, Words
from . import attempt_rows
from .attempt_rows import SCHEMA, Row
from .equal import FileEqualLocks, StoreEqualLocks
from .holders import FileHolders, StoreHolders
from .journal import Caller, Journal, new_holder
from .supervisor import runs

FILE = "creates.sqlite3"


#: Seconds after which a process has certainly ended whose supervisor was killed.
_END = 75.0


class _Supervisors:
    """Supervisors on other machines, judged by the lifetime of their processes.

    Their own state can't be asked for, but a process ends soon after its supervisor; so the
    supervisor of a process that stays alive runs.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._met: dict[str, float] = {}

    def runs(self, row: Row) -> bool | None:
        """Return True once the process has stayed alive for long enough, None before."""
        now = self._clock.monotonic()
        return True if now >= self._met.setdefault(row.holder, now) + _END else None


def journal_for(settings: Settings, caller: Caller, clock: Clock = SYSTEM_CLOCK) -> Journal:
    """Return the journal that the settings ask for; ``clock`` is used to wait."""
    token, words = settings.token.reveal(), settings.words
    if settings.store is None:
        folder = state_folder() / "journal"
        return local_journal(folder, settings.url, caller, token=token, words=words, clock=clock)
    store = store_for(settings.store)
    return shared_journal(store, settings.url, caller, token=token, words=words, clock=clock)


def local_journal(
    folder: Path,
    api: str,
    caller: Caller | None = None,
    *,
    token: str = "",
    words: Words = NEUTRAL,
    clock: Clock = SYSTEM_CLOCK,
) -> Journal:
    """Return the journal in ``folder``; in memory, with a warning, where that can't be used."""

    def warn(error: Exception) -> None:
        listener().warning(
            f"The folder {folder} can't be used ({error}), so a create that is interrupted leaves"
            " no record for the next run; set COMFYCONTROL_STATE_DIR to a folder that can be"
            " written to."
        )

    def tidy(rows: Rows) -> None:
        attempt_rows.import_0_1_0(rows)
        attempt_rows.delete_old(rows)

    database = SqliteDatabase(folder / FILE, SCHEMA, SYSTEM_CLOCK.time, warn)
    database.transact(tidy)
    holders = FileHolders(folder / "holders", database.give_up)
    equal = FileEqualLocks(
        folder / "equal", lambda: database.in_file, database.give_up, clock.sleep
    )
    holder = new_holder()
    if database.in_file:
        holders.enter(holder)
    return Journal(
        database,
        api,
        holder,
        holders,
        equal,
        caller or Caller(),
        token=token,
        words=words,
        supervisor_runs=lambda row: runs(row.supervisor),
    )


def shared_journal(
    store: PostgresDatabase,
    api: str,
    caller: Caller | None = None,
    *,
    token: str = "",
    words: Words = NEUTRAL,
    clock: Clock = SYSTEM_CLOCK,
) -> Journal:
    """Return the journal in ``store``, which need not be reachable yet."""
    store.add(SCHEMA)
    holder = new_holder()
    holders = StoreHolders(store, clock.monotonic)

    def still_sent(fingerprints: Collection[str]) -> bool:
        found = store.transact(
            lambda rows: attempt_rows.sent_elsewhere(rows, api, fingerprints, holder)
        )
        return any(holders.is_alive(other) for _, other in found)

    journal = Journal(
        store,
        api,
        holder,
        holders,
        StoreEqualLocks(store, still_sent, clock.sleep),
        caller or Caller(),
        token=token,
        words=words,
        supervisor_runs=_Supervisors(clock).runs,
        offset=lambda rows: rows.now - clock.time(),
        clock=clock,
    )
    holders.enter(holder)

    def made_up() -> None:
        journal.flush()
        with suppress(StorageError):
            store.transact(attempt_rows.delete_old)

    store.on_connect(made_up)
    return journal
