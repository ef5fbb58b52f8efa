"""Create-once where the next run is on another machine, and where the store fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from pulumi_comfycontrol.core.clock import SYSTEM_CLOCK
from pulumi_comfycontrol.core.errors import ComfyControlError
from pulumi_comfycontrol.core.progress import listening
from pulumi_comfycontrol.core.storage import postgres, postgres_session
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import Heard, WallClock
from tests.machines import URN, Machine
from tests.postgres import PostgresServer
from tests.proxy import Proxy

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}
Make = Callable[..., Machine]


@pytest.fixture
def machine(emulator: Emulator, store_url: str) -> Iterator[Make]:
    """Return what makes a new machine."""
    made: list[Machine] = []

    def make(url: str = store_url, clock: Any = None) -> Machine:
        made.append(Machine(emulator, url, clock))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what lets a store that is away be given up soon, from now on."""

    def now() -> None:
        monkeypatch.setattr(postgres, "PATIENCE", 0.3)
        monkeypatch.setattr(postgres_session, "ANSWER", 0.3)

    return now


def lose(machine: Machine, emulator: Emulator) -> None:
    """Lose a machine between a create's POST and its answer."""
    emulator.fault("drop_after", "POST")
    emulator.fault("status", "GET", times=None, status=500)
    with pytest.raises(ComfyControlError):
        machine.create("gpu", VALUES)
    machine.die()
    emulator.clear_faults()


def ids(emulator: Emulator) -> list[str]:
    """The ids of all runners."""
    return [row["id"] for row in emulator.runners.all()]


def rows(server: PostgresServer, url: str, columns: str) -> list[Any]:
    """The store's rows of all attempts."""
    with closing(server.connect(urlsplit(url).path[1:])) as connection:
        return connection.execute(f"SELECT {columns} FROM comfycontrol.create_attempt").fetchall()


def test_another_machine_takes_over_what_a_dead_one_made(emulator: Emulator, machine: Make) -> None:
    """The engine has not saved the id, and the state folder is gone with the machine."""
    first = machine()
    id_ = first.create("gpu", VALUES)
    first.die()
    assert machine().create("gpu", VALUES) == id_
    assert ids(emulator) == [id_]


def test_another_machine_finds_an_object_whose_answer_nobody_got(
    emulator: Emulator, machine: Make
) -> None:
    """The machine was lost between the POST and its answer."""
    lose(machine(), emulator)
    assert [machine().create("gpu", VALUES)] == ids(emulator)


def test_a_machine_with_another_clock_finds_it_too(emulator: Emulator, machine: Make) -> None:
    """Times of attempts are the store's, so that machines need not agree on theirs."""
    lose(machine(), emulator)
    ahead = WallClock()
    ahead.now += 7200
    assert [machine(clock=ahead).create("gpu", VALUES)] == ids(emulator)


def test_a_peaceful_end_leaves_the_objects_to_the_engine(emulator: Emulator, machine: Make) -> None:
    """A delivered object is not taken over; an equal resource gets an object of its own."""
    first = machine()
    id_ = first.create("gpu", VALUES)
    first.end()
    second = machine()
    other = second.create("gpu", VALUES)
    assert other != id_
    assert sorted(ids(emulator)) == sorted([id_, other])


def test_a_create_waits_for_a_process_that_may_yet_end(emulator: Emulator, machine: Make) -> None:
    """A killed engine's provider lives on for a moment, in which no second object is created."""
    first = machine()
    id_ = first.create("gpu", VALUES)
    clock = WallClock()
    second, heard = machine(clock=clock), Heard()
    sleep = clock.sleep

    def die_meanwhile(seconds: float) -> None:
        first.die()
        sleep(seconds)

    clock.sleep = die_meanwhile  # type: ignore[method-assign]
    with listening(heard):
        assert second.create("gpu", VALUES) == id_
    assert "status waiting for an interrupted run to end" in heard.texts
    assert ids(emulator) == [id_]


def test_a_stack_of_the_same_name_elsewhere_is_waited_for_once(
    emulator: Emulator, machine: Make
) -> None:
    """An engine that lives keeps its object; after 75 s it is certain that it lives."""
    first = machine()
    id_ = first.create("gpu", VALUES)
    second = machine()
    began = second.clock.monotonic()
    other = second.create("gpu", VALUES)
    assert 75 <= second.clock.monotonic() - began < 80
    assert first.store.is_connected
    assert sorted(ids(emulator)) == sorted([id_, other])


def test_equal_creates_of_machines_are_kept_apart(
    emulator: Emulator, machine: Make, postgres_server: PostgresServer
) -> None:
    """Also where the store is restarted while a POST is under way, which loses the locks."""
    emulator.fault("delay_after", "POST", delay=2.0)
    first, second = machine(clock=SYSTEM_CLOCK), machine(clock=SYSTEM_CLOCK)
    order: list[str] = []

    def create(one: Machine, name: str) -> None:
        one.create(name, VALUES, stack=name)
        order.append(name)

    threads = [threading.Thread(target=create, args=(first, "first"))]
    threads[0].start()
    while not emulator.requests:
        time.sleep(0.01)
    postgres_server.stop()
    postgres_server.start()
    threads.append(threading.Thread(target=create, args=(second, "second")))
    threads[1].start()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"]
    assert len(set(ids(emulator))) == 2


def test_a_store_lost_after_the_post_loses_and_doubles_nothing(
    emulator: Emulator,
    machine: Make,
    postgres_server: PostgresServer,
    store_url: str,
    hasty: Callable[[], None],
) -> None:
    """The id reaches the engine without it, and the record is made up for when it is back."""
    first = machine()
    first.create("other", {**VALUES, "name": "Other"})
    hasty()
    emulator.fault("delay_after", "POST", delay=0.5)
    made: list[str] = []
    creating = threading.Thread(target=lambda: made.append(first.create("gpu", VALUES)))
    creating.start()
    while sum(one.method == "POST" for one in emulator.requests) < 2:
        time.sleep(0.01)
    postgres_server.stop()
    try:
        creating.join()
        assert made[0] in ids(emulator)
    finally:
        postgres_server.start()
    until = time.monotonic() + 20
    while (made[0],) not in rows(postgres_server, store_url, "object_id"):
        assert time.monotonic() < until
        time.sleep(0.05)
    first.die()
    assert machine().create("gpu", VALUES) == made[0]
    assert len(ids(emulator)) == 2


@pytest.mark.parametrize("fault", ["stopped", "paused", "cut"])
def test_a_create_fails_when_it_cannot_be_recorded(
    emulator: Emulator,
    machine: Make,
    postgres_server: PostgresServer,
    store_url: str,
    fault: str,
    hasty: Callable[[], None],
) -> None:
    """A create waits with a status, then fails; reads, changes and deletions go on."""
    proxy = Proxy(postgres_server.port)
    one, heard = machine(store_url.replace(str(postgres_server.port), str(proxy.port))), Heard()
    id_ = one.create("old", VALUES)
    paused: list[int] = []
    hasty()
    if fault == "stopped":
        postgres_server.stop()
    elif fault == "paused":
        paused = postgres_server.pause()
    else:
        proxy.cut()
    try:
        with listening(heard):
            began = one.clock.monotonic()
            with pytest.raises(ComfyControlError) as caught:
                one.create("new", {**VALUES, "name": "New"})
            assert 60 <= one.clock.monotonic() - began < 90
            owner = URN.format("dev", "old")
            outcome = one.lifecycle.read(id_, {}, owner=owner)
            assert outcome
            known = outcome.record.as_dict()
            one.lifecycle.update(id_, known, {**VALUES, "name": "Changed"}, owner=owner)
            one.lifecycle.delete(id_, known, owner=owner)
    finally:
        if fault == "stopped":
            postgres_server.start()
        elif fault == "paused":
            postgres_server.resume(paused)
        proxy.mend()
    assert str(caught.value).startswith("Nothing was created, because it can't be recorded: ")
    assert "status waiting for the shared store" in heard.texts
    assert [request.method for request in emulator.requests].count("POST") == 1
    assert ids(emulator) == []
    warnings = [text for text in heard.texts if text.startswith("warning")]
    assert len(warnings) == 1
    assert "sends a tenth of the quota" in warnings[0]
    password = urlsplit(store_url).password
    assert password
    assert password not in f"{caught.value!r} {caught.value} {heard.texts}"
    until = time.monotonic() + 20
    while not one.store.is_connected:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert one.create("new", {**VALUES, "name": "New"}) in ids(emulator)
    proxy.close()


def test_a_wrong_password_fails_a_create_at_once(
    emulator: Emulator, machine: Make, store_url: str
) -> None:
    """To wait would not help; other operations go on."""
    password = urlsplit(store_url).password or ""
    one = machine(store_url.replace(password, "wrong"))
    began = one.clock.monotonic()
    with pytest.raises(ComfyControlError, match="password authentication failed"):
        one.create("gpu", VALUES)
    assert one.clock.monotonic() - began < 1
    id_ = emulator.runners.seed(**VALUES)["id"]
    assert one.lifecycle.read(id_, {}, owner=URN.format("dev", "old"))


def test_a_full_disk_fails_a_create(
    emulator: Emulator, machine: Make, postgres_server: PostgresServer
) -> None:
    """The server refuses each new row; once there is room again, creates go on.

    Where this user may not mount a small disk, a trigger raises the server's own error instead.
    """
    with postgres_server.small_disk(megabytes=16) as tablespace:
        url = postgres_server.database(*([tablespace] if tablespace else []))
        one = machine(url)
        made = [one.create("old", VALUES)]
        with closing(postgres_server.connect(urlsplit(url).path[1:])) as connection:
            (fill if tablespace else refuse)(connection)
            with pytest.raises(ComfyControlError, match="No space left on device") as caught:
                made.extend(  # the last pages have room for some rows
                    one.create(f"r{number}", {**VALUES, "name": f"R{number}"})
                    for number in range(500)
                )
            assert "free disk space" in caught.value.advice
            assert str(caught.value).startswith("Nothing was created, because it can't be recorded")
            assert sorted(ids(emulator)) == sorted(made)
            assert one.lifecycle.read(made[0], {}, owner=URN.format("dev", "old"))
            (drain if tablespace else admit)(connection)
        made.append(one.create("new", {**VALUES, "name": "New"}))
        assert sorted(ids(emulator)) == sorted(made)
        one.end()
        with closing(postgres_server.connect()) as connection:
            connection.execute(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")


def fill(connection: Any) -> None:
    """Write to the database's disk until it is full."""
    connection.execute("CREATE TABLE filler (text TEXT)")
    insert = "INSERT INTO filler SELECT repeat('x', 500) FROM generate_series(1, %s)"
    for size in (10_000, 1000, 1):
        with suppress(psycopg.errors.DiskFull):
            while True:
                connection.execute(insert, (size,))


def drain(connection: Any) -> None:
    """Free the disk."""
    connection.execute("DROP TABLE filler")


def refuse(connection: Any) -> None:
    """Let the server refuse new rows by the error of a full disk."""
    connection.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
        " EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';"
        " END $$"
    )
    for table in ("create_attempt", "request"):
        connection.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT ON comfycontrol.{table}"
            " EXECUTE FUNCTION full_disk()"
        )


def admit(connection: Any) -> None:
    """End that."""
    for table in ("create_attempt", "request"):
        connection.execute(f"DROP TRIGGER full_disk ON comfycontrol.{table}")


def test_no_row_has_a_secret(
    emulator: Emulator, machine: Make, postgres_server: PostgresServer, store_url: str
) -> None:
    """Neither the token nor a header's value, nor the store's password."""
    machine().create("gpu", VALUES)
    name = urlsplit(store_url).path[1:]
    with closing(postgres_server.connect(name)) as connection:
        text = "".join(
            str(connection.execute(f"SELECT * FROM comfycontrol.{table}").fetchall())
            for table in ("create_attempt", "request", "line", "schema_version")
        )
    assert "GPU" not in text  # a fingerprint says nothing
    for secret in (emulator.token, "hidden-value", urlsplit(store_url).password):
        assert secret
        assert secret not in text
