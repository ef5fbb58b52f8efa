"""One connection to PostgreSQL: its settings, transactions and locks.

No other module loads the driver, which is an extra of this package.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..secret import Secret
from .database import Rows, Schema, Statement, StorageError
from .postgres_faults import fault_of, is_loss, no_driver, read_only, unusable_url
from .postgres_schema import migrate

if TYPE_CHECKING:
    from psycopg import Connection

#: Seconds after which a connection whose server does not answer counts as lost.
ANSWER = 10.0
_CONNECT = 5
#: A machine that stops in the middle of a transaction blocks the others for this long; a machine
#: without network keeps its locks for about 20 s.
_SESSION = """
SET search_path TO comfycontrol, pg_catalog;
SET statement_timeout TO '9s';
SET lock_timeout TO '8s';
SET idle_in_transaction_session_timeout TO '5s';
SET tcp_keepalives_idle TO 5;
SET tcp_keepalives_interval TO 5;
SET tcp_keepalives_count TO 3
"""
_BEGIN = "BEGIN; SELECT pg_advisory_xact_lock({}); SELECT {}"
_SERVER_TIME = "extract(epoch FROM clock_timestamp())::float8"
_HOST = re.compile(r"[\w.:,/%-]*")
T = TypeVar("T")


class ConnectionLost(Exception):
    """Loss of the connection; a transaction under way may have been committed."""

    def __init__(self, fault: StorageError) -> None:
        self._fault = fault
        super().__init__(fault.fault)

    def as_fault(self) -> StorageError:
        """Return the reason as an error for the caller."""
        return self._fault


def connect(url: Secret, schemas: tuple[Schema, ...]) -> Session:
    """Connect, and bring the tables to this release's version.

    Raises :class:`StorageError` or :class:`ConnectionLost`.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise no_driver() from None
    options = _options(url)
    secrets = [str(options[name]) for name in ("password", "sslpassword") if options.get(name)]
    session = Session(_open(options, secrets), schemas, [*secrets, url.reveal()])
    try:
        session.prepare()
    except BaseException:
        session.close()
        raise
    return session


def _options(url: Secret) -> dict[str, Any]:
    """Return the driver's options: those of the URL, and defaults."""
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        given: dict[str, Any] = {**conninfo_to_dict(url.reveal())}
    except (Error, UnicodeError):  # its text quotes a part of the URL
        raise unusable_url() from None
    if not _HOST.fullmatch(str(given.get("host", ""))):  # half of a password with an @
        raise unusable_url()
    return {
        "connect_timeout": _CONNECT,
        "application_name": "pulumi-comfycontrol",
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        **given,
    }


def _open(options: Mapping[str, Any], secrets: Collection[str]) -> Connection[Any]:
    import psycopg

    class Bounded(psycopg.Connection[Any]):
        """A connection whose statements end after :data:`ANSWER` seconds at the latest."""

        def wait(self, gen: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
            return super().wait(_bounded(gen, psycopg.OperationalError), *args, **options)

    try:
        return Bounded.connect(**options, autocommit=True)
    except psycopg.Error as error:
        raise fault_of(error, secrets) from None
    except UnicodeError:  # a host name that DNS can't have
        raise unusable_url() from None


def _bounded(gen: Generator[Any, Any, T], error: type[Exception]) -> Generator[Any, Any, T]:
    """Wait for the events of ``gen``, and raise ``error`` when that takes too long."""
    until = time.monotonic() + ANSWER
    try:
        awaited = next(gen)
        while True:
            ready = yield awaited
            if not ready and time.monotonic() > until:
                msg = f"no answer for {ANSWER:g} s"
                raise error(msg)
            awaited = gen.send(ready)
    except StopIteration as end:
        return cast("T", end.value)


class Session:
    """A connection; used by one thread at a time."""

    def __init__(
        self, connection: Connection[Any], schemas: tuple[Schema, ...], secrets: Sequence[str]
    ) -> None:
        self._connection = connection
        self._secrets = secrets
        self.schemas = schemas

    def prepare(self) -> None:
        """Raise for a replica; create or migrate the tables."""
        query = (
            "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool"
        )
        with _Failures(self):
            self._connection.execute(_SESSION)
            [(replica,)] = self._connection.execute(query).fetchall()
        if replica:
            raise read_only()
        with _Failures(self):
            migrate(self._connection, self.schemas, lock_key("schema"))

    def transact(self, work: Callable[[Rows], T], lock: str, now: Callable[[], float] | None) -> T:
        """Run ``work`` as one transaction; see ``Database``."""
        with _Failures(self):
            clock = _SERVER_TIME if now is None else "0::float8"
            begin = _BEGIN if lock else "BEGIN; SELECT {}"
            cursor = self._connection.execute(
                begin.format(*([lock_key(lock)] if lock else []), clock)
            )
            while cursor.nextset():
                pass
            began = cursor.fetchone()[0] if now is None else now()  # type: ignore[index]
            try:
                result = work(_Rows(self._connection, began))
                self._connection.execute("COMMIT")
            except BaseException as error:
                if not is_loss(error):
                    self._connection.execute("ROLLBACK")
                raise
            return result

    def lock_shared(self, name: str) -> None:
        """Hold ``name`` until the connection ends."""
        self._call("pg_advisory_lock_shared", name)

    def is_locked(self, name: str) -> bool:
        """Whether another connection has ``name``."""
        return not self._call("pg_try_advisory_xact_lock", name)

    def try_lock(self, name: str) -> bool:
        """Take ``name`` unless another connection has it."""
        return bool(self._call("pg_try_advisory_lock", name))

    def unlock(self, name: str) -> None:
        """Release the lock ``name``."""
        self._call("pg_advisory_unlock", name)

    def take_again(self, shared: Collection[str], exclusive: Collection[str]) -> None:
        """Acquire the locks of an earlier connection again, as far as they are free."""
        for name in tuple(shared):
            self.lock_shared(name)
        for name in tuple(exclusive):
            self.try_lock(name)

    def ping(self) -> None:
        """Raise :class:`ConnectionLost` when the server is gone."""
        with _Failures(self):
            self._connection.execute("SELECT 1")

    def close(self) -> None:
        """End the connection."""
        with suppress(Exception):
            self._connection.close()

    def _call(self, function: str, name: str) -> Any:
        with _Failures(self):
            statement = f"SELECT {function}({lock_key(name)})"
            return self._connection.execute(statement).fetchone()[0]  # type: ignore[index]


class _Failures:
    """Translation of the driver's errors into those of this package, without a secret."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> None:
        import psycopg

        if isinstance(error, psycopg.Error):
            fault = fault_of(error, self._session._secrets)
            if self._session._connection.closed or is_loss(error):
                raise ConnectionLost(fault) from None
            raise fault from None


class _Rows:
    """A transaction; see ``Rows``."""

    def __init__(self, connection: Connection[Any], now: float) -> None:
        self._connection = connection
        self.now = now

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self._connection.execute(_translated(statement), values)
        return cursor.fetchall() if cursor.description else []

    def execute_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        with self._connection.pipeline():
            cursors = [
                self._connection.execute(_translated(statement), values)
                for statement, values in statements
            ]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


@lru_cache(maxsize=256)
def _translated(statement: str) -> str:
    return statement.replace("?", "%s")


def lock_key(name: str) -> int:
    """Return the number that stands for ``name`` among the server's advisory locks."""
    digest = hashlib.sha256(f"pulumi-comfycontrol {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
