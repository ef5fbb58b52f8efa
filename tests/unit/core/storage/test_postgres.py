"""The shared database: transactions, locks, and losses of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage import postgres, postgres_session
from pulumi_comfycontrol.core.storage.database import Rows, Schema, StorageError
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.postgres import PostgresServer

TABLE = ("CREATE TABLE thing (name TEXT PRIMARY KEY, size BIGINT NOT NULL)",)
SCHEMA = Schema("test", (TABLE,))


def opened(url: str, schema: Schema = SCHEMA) -> PostgresDatabase:
    """A database as one process has it."""
    database = PostgresDatabase(Secret(url))
    database.add(schema)
    return database


@pytest.fixture
def database(store_url: str) -> Iterator[PostgresDatabase]:
    """A database with the table."""
    with closing(opened(store_url)) as one:
        yield one


def add(rows: Rows, name: str = "one") -> None:
    """Add a row."""
    rows.execute("INSERT INTO thing (name, size) VALUES (?, ?)", (name, 1))


def names(rows: Rows) -> list[str]:
    """Return the names of all rows."""
    return [name for (name,) in rows.execute("SELECT name FROM thing ORDER BY name")]


def test_a_transaction_is_all_or_nothing(database: PostgresDatabase) -> None:
    """An error in the middle leaves no trace, and the connection is as good as before."""

    def work(rows: Rows) -> None:
        add(rows)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.transact(work)
    assert database.transact(names) == []
    database.transact(add)
    assert database.transact(names) == ["one"]


def test_a_lock_keeps_transactions_apart(store_url: str) -> None:
    """Transactions run one after the other on all machines, so that no write is lost."""
    machines = [opened(store_url) for _ in range(4)]
    machines[0].transact(add)

    def grow(rows: Rows) -> None:
        [(size,)] = rows.execute("SELECT size FROM thing")
        time.sleep(0.001)
        rows.execute("UPDATE thing SET size = ?", (size + 1,))

    def work(machine: PostgresDatabase) -> None:
        for _ in range(10):
            machine.transact(grow, "lock")

    threads = [threading.Thread(target=work, args=(one,)) for one in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert machines[0].transact(lambda rows: rows.execute("SELECT size FROM thing")) == [(41,)]
    for one in machines:
        one.close()


def test_the_clock_is_the_servers(database: PostgresDatabase) -> None:
    """Transactions have its time, and it goes on while they wait for each other."""
    first = database.transact(lambda rows: rows.now)
    assert abs(first - time.time()) < 5
    assert database.transact(lambda rows: rows.now, "lock") > first


def test_a_process_shows_that_it_lives(store_url: str) -> None:
    """Until its connection ends, however that happens."""
    one, other = opened(store_url), opened(store_url)
    one.hold("one")
    assert (one.is_held("one"), other.is_held("one"), other.is_held("two")) == (True, True, False)
    one.close()
    _until(lambda: not other.is_held("one"))
    other.close()


def test_a_lock_is_one_processs(store_url: str) -> None:
    """Until it gives it back, or dies."""
    one, other = opened(store_url), opened(store_url)
    assert one.try_lock("x")
    assert not other.try_lock("x")
    one.unlock("x")
    assert other.try_lock("x")
    other.close()
    _until(lambda: one.try_lock("x"))
    one.close()


def test_a_lost_connection_is_made_again_with_its_locks(
    postgres_server: PostgresServer, store_url: str
) -> None:
    """An operator, or a firewall, ends it; the process still lives, and its lock is its own."""
    one, other = opened(store_url), opened(store_url)
    one.hold("one")
    assert one.try_lock("x")
    other.transact(add)
    postgres_server.cut()
    assert one.transact(names) == ["one"]
    assert other.is_held("one")
    assert not other.try_lock("x")
    one.close()
    other.close()


def test_a_restart_of_the_server_goes_unnoticed(
    postgres_server: PostgresServer, database: PostgresDatabase
) -> None:
    """A call waits for it."""
    database.transact(add)
    postgres_server.stop()
    starting = threading.Timer(1.0, postgres_server.start)
    starting.start()
    try:
        assert database.transact(names) == ["one"]
    finally:
        starting.join()


def test_a_server_that_is_gone_is_a_sentence(
    postgres_server: PostgresServer,
    database: PostgresDatabase,
    store_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call waits for a moment, and the next ones not at all, until it is back."""
    monkeypatch.setattr(postgres, "PATIENCE", 0.5)
    database.transact(add)
    postgres_server.stop()
    try:
        with pytest.raises(StorageError, match="the shared store can't be used") as caught:
            database.transact(names)
        assert not caught.value.lasting
        began = time.monotonic()
        with pytest.raises(StorageError):
            database.transact(names)
        assert time.monotonic() - began < 0.4
        _check_hidden(caught.value, store_url)
    finally:
        postgres_server.start()
    _until(lambda: database.is_connected)
    assert database.transact(names) == ["one"]


def test_a_server_that_hangs_is_given_up(
    postgres_server: PostgresServer, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paused machine takes connections and does not answer, and so does one with a full disk."""
    monkeypatch.setattr(postgres, "PATIENCE", 0.5)
    monkeypatch.setattr(postgres_session, "ANSWER", 0.5)
    database.transact(add)
    paused = postgres_server.pause()
    try:
        began = time.monotonic()
        with pytest.raises(StorageError, match="no answer for"):
            database.transact(names)
        assert time.monotonic() - began < 5
    finally:
        postgres_server.resume(paused)
    _until(lambda: database.is_connected)
    assert database.transact(names) == ["one"]


def test_a_wrong_password_is_a_sentence_at_once(store_url: str) -> None:
    """Waiting does not help; the right one is not shown, nor the wrong one."""
    parts = urlsplit(store_url)
    wrong = store_url.replace(parts.password or "", "wrong-password")
    with closing(opened(wrong)) as one, pytest.raises(StorageError) as caught:
        one.transact(names)
    assert "password authentication failed" in caught.value.fault
    assert "correct comfycontrol:store" in caught.value.advice
    assert caught.value.lasting
    _check_hidden(caught.value, wrong)


@pytest.mark.parametrize("password", ["half@Zweit", "100%sure", "with space", "a:b/c?d#e"])
def test_an_unreadable_url_is_a_sentence_without_its_password(password: str) -> None:
    """Characters that have to be written in another way: the driver's own text shows them."""
    url = f"postgresql://me:{password}@127.0.0.1:1/x"
    with closing(opened(url)) as one, pytest.raises(StorageError) as caught:
        one.transact(names)
    shown = f"{caught.value} {caught.value!r} {one!r}"
    for piece in ("half", "Zweit", "100", "sure", "with space", "a:b", "c?d"):
        assert piece not in shown


@pytest.mark.parametrize(
    "rest", ["127.0.0.1:port/x", "127.0.0.1:70000/x", "a..b/x", "\udcff/x", "h/x?connect_timeout=b"]
)
def test_a_url_with_an_impossible_part_is_told_at_once(rest: str) -> None:
    """No reason to wait, nor to look at the server; later calls get the same answer."""
    with closing(opened(f"postgresql://{rest}")) as one:
        for _ in range(2):
            with pytest.raises(StorageError, match="correct comfycontrol:store") as caught:
                one.transact(names)
            assert caught.value.lasting


def test_a_newer_schema_is_a_sentence(store_url: str) -> None:
    """An older release that meets a newer schema touches nothing."""
    newer = Schema("test", (TABLE, ("ALTER TABLE thing ADD COLUMN more TEXT",)))
    with closing(opened(store_url, newer)) as one:
        one.transact(add)
    with closing(opened(store_url)) as one, pytest.raises(StorageError) as caught:
        one.transact(names)
    assert "of version 2, and this release knows version 1" in caught.value.fault
    assert caught.value.advice == "upgrade pulumi-comfycontrol on this machine"


def test_tables_are_migrated_step_by_step(store_url: str) -> None:
    """By the first process, and once."""
    with closing(opened(store_url)) as one:
        one.transact(add)
    newer = Schema("test", (TABLE, ("ALTER TABLE thing ADD COLUMN more TEXT",)))
    machines = [opened(store_url, newer) for _ in range(4)]
    for one in machines:
        assert one.transact(lambda rows: rows.execute("SELECT name, more FROM thing")) == [
            ("one", None)
        ]
        one.close()


def test_a_read_only_server_is_a_sentence(postgres_server: PostgresServer, store_url: str) -> None:
    """A replica that was not promoted, or a database that an operator has set so."""
    opened(store_url).close()
    name = urlsplit(store_url).path[1:]
    with closing(postgres_server.connect()) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only TO on")
    with closing(opened(store_url)) as one, pytest.raises(StorageError) as caught:
        one.transact(names)
    assert caught.value.fault == "the shared store is read-only"
    assert "target_session_attrs=read-write" in caught.value.advice


def test_a_role_needs_few_rights(postgres_server: PostgresServer, store_url: str) -> None:
    """One role creates the tables; another uses them with the rights of docs/store.md."""
    with closing(opened(store_url)) as one:
        one.transact(add)
    name = urlsplit(store_url).path[1:]
    with closing(postgres_server.connect(name)) as connection:
        connection.execute(f"CREATE ROLE {name}_ci LOGIN PASSWORD 'ci-password'")
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {name}_ci")
        user = f"postgresql://{name}_ci:ci-password@127.0.0.1:{postgres_server.port}/{name}"
        with closing(opened(user)) as one, pytest.raises(StorageError) as caught:
            one.transact(names)
        assert "give the store's role the rights that docs/store.md lists" in caught.value.advice
        for grant in (
            "GRANT USAGE ON SCHEMA comfycontrol",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA comfycontrol",
        ):
            connection.execute(f"{grant} TO {name}_ci")
    with closing(opened(user)) as one:
        assert one.transact(names) == ["one"]


def _until(condition: object) -> None:
    assert callable(condition)
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def _check_hidden(error: StorageError, url: str) -> None:
    password = urlsplit(url).password
    assert password
    assert password not in f"{error} {error!r} {error.args}"
