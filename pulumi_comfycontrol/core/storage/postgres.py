"""The database that machines share: one connection to PostgreSQL, made again when it is lost.

A background thread connects, checks the connection, and takes the session locks again after a loss;
calls wait for a lost connection for a few seconds before they fail. So a restart of the server
passes unnoticed, and an unreachable server delays each request at most once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..secret import Secret
from .database import Rows, Schema, StorageError
from .postgres_session import ConnectionLost, Session, connect

#: Seconds for which a call waits for a connection that was lost, before it fails.
PATIENCE = 5.0
#: Seconds between two attempts to connect, and between those that can hardly succeed.
RETRY = 1.0
_RETRY_LASTING = 10.0
#: Seconds between two checks of an idle connection: a loss that goes unnoticed would make this
#: process look dead to others.
_CHECK = 2.0
T = TypeVar("T")


class PostgresDatabase:
    """PostgreSQL database at ``url``; may be shared by threads, one is enough for a process.

    ``now`` replaces the server's clock in tests.
    """

    def __init__(self, url: Secret, now: Callable[[], float] | None = None) -> None:
        self._url = url
        self._now = now
        self._schemas: list[Schema] = []
        self._changed = threading.Condition()
        #: Held while the connection is in use.
        self._in_use = threading.RLock()
        self._session: Session | None = None
        self._fault: StorageError | None = None
        self._away_since = time.monotonic()
        self._keeper: threading.Thread | None = None
        self._closed = False
        self._shared: set[str] = set()
        self._exclusive: set[str] = set()
        self._on_connect: list[Callable[[], None]] = []

    def add(self, schema: Schema) -> None:
        """Make or migrate the tables of ``schema`` before they are used."""
        with self._in_use, self._changed:
            if schema not in self._schemas:
                self._schemas.append(schema)
                self._drop_session()

    @property
    def is_connected(self) -> bool:
        """Whether the latest use or check of the connection succeeded."""
        return self._session is not None

    def on_connect(self, call: Callable[[], None]) -> None:
        """Register ``call`` to be called after each connect."""
        with self._changed:
            self._on_connect.append(call)

    def transact(self, work: Callable[[Rows], T], lock: str = "") -> T:
        """See ``Database``."""
        return self._run(lambda session: session.transact(work, lock, self._now))

    def hold(self, name: str) -> None:
        """Hold a session lock on ``name`` until this process ends; see :meth:`is_held`."""
        self._shared.add(name)
        self._run(lambda session: session.lock_shared(name))

    def is_held(self, name: str) -> bool:
        """Whether a living process holds ``name``."""
        return name in self._shared or self._run(lambda session: session.is_locked(name))

    def try_lock(self, name: str) -> bool:
        """Acquire the lock ``name`` for this process, unless another process has it.

        The server releases it when the process dies. It does not exclude the threads of one process
        from each other.
        """
        taken = self._run(lambda session: session.try_lock(name))
        if taken:
            self._exclusive.add(name)
        return taken

    def unlock(self, name: str) -> None:
        """Release the lock ``name``. Raises nothing: a lost connection has lost its locks too."""
        self._exclusive.discard(name)
        with self._in_use:
            if self._session is not None:
                try:
                    self._session.unlock(name)
                except (ConnectionLost, StorageError) as error:
                    self._lose(self._session, error)

    def close(self) -> None:
        """Close the connection, which releases all locks."""
        with self._in_use, self._changed:
            self._closed = True
            self._drop_session()

    def _run(self, use: Callable[[Session], T]) -> T:
        """Return the result of ``use``, which is called again when the connection was lost."""
        while True:
            session = self._wait_for_session()
            with self._in_use:
                if session is self._session:
                    try:
                        return use(session)
                    except ConnectionLost as error:
                        self._lose(session, error)

    def _wait_for_session(self) -> Session:
        with self._changed:
            if self._keeper is None:
                self._away_since = time.monotonic()
                self._keeper = threading.Thread(target=self._keep, daemon=True)
                self._keeper.start()
            patience = self._away_since + PATIENCE - time.monotonic()
            self._changed.wait_for(
                lambda: self._session is not None or (self._fault and self._fault.lasting),
                timeout=max(0.0, patience),
            )
            if self._session is not None:
                return self._session
            if self._fault is not None:
                raise StorageError(
                    self._fault.fault, self._fault.advice, lasting=self._fault.lasting
                )
        fault = "the shared store does not answer"
        raise StorageError(fault, "check that its server runs and that this machine reaches it")

    def _lose(self, session: Session, error: StorageError | ConnectionLost) -> None:
        with self._changed:
            if session is self._session:
                if isinstance(error, ConnectionLost):
                    self._fault = error.as_fault()
                self._drop_session()

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
            self._away_since = time.monotonic()
        self._changed.notify_all()

    def _keep(self) -> None:
        while not self._closed:
            if self._session is None:
                self._connect()
            else:
                self._look_after(self._session)

    def _connect(self) -> None:
        try:
            session = connect(self._url, tuple(self._schemas))
            session.take_again(self._shared, self._exclusive)
        except (StorageError, ConnectionLost) as error:
            fault = error if isinstance(error, StorageError) else error.as_fault()
            with self._changed:
                self._fault = fault
                self._changed.notify_all()
                wait = _RETRY_LASTING if fault.lasting else RETRY
                self._changed.wait_for(lambda: self._closed, timeout=wait)
            return
        with self._changed:
            known = session.schemas == tuple(self._schemas)
            if not known or self._closed:
                session.close()
                return
            self._session, self._fault = session, None
            self._changed.notify_all()
            calls = tuple(self._on_connect)
        for call in calls:
            call()

    def _look_after(self, session: Session) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._session is not session, timeout=_CHECK)
        if self._session is session and self._in_use.acquire(blocking=False):
            try:
                session.ping()
            except (ConnectionLost, StorageError) as error:
                self._lose(session, error)
            finally:
                self._in_use.release()
