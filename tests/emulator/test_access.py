"""Access to an emulator on a loopback address: by host, origin and content type."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import Api, error_of

PATHS = ("/", "/docs", "/openapi.json", "/emulator/runners", "/v1/user")
STRANGER = "this emulator answers only to this machine's own names"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example.com", "evil.example.com:8787", "10.0.0.1", "localhost.example.com", "[x"]
)
def test_a_foreign_host_is_refused(emulator: Emulator, api: Api, path: str, host: str) -> None:
    """A page whose name was made to lead here (DNS rebinding) sends its own name as the host."""
    status, sentence = error_of(api.send("GET", path, headers={"Host": host}))
    assert (status, sentence.startswith(STRANGER)) == (403, True)
    assert emulator.requests == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "a.localhost:80",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]:8",
    ],
)
def test_each_name_of_this_machine_is_served(api: Api, path: str, host: str) -> None:
    """With any port, as a tunnel may have another one."""
    assert api.send("GET", path, headers={"Host": host}).status_code == 200


def test_a_name_that_it_was_started_with_is_served() -> None:
    """Any name is served that leads to this machine."""
    with Emulator() as emulator, Api(emulator.url) as api:
        emulator._server.host = "Comfy.test"  # as if that were a name of the hosts file
        for host, status in (("comfy.test:1", 200), ("comfy.test.evil", 403)):
            assert api.send("GET", "/", headers={"Host": host}).status_code == status


def test_an_emulator_for_other_machines_has_no_names() -> None:
    """Its names on other machines are unknown, so none is rejected; the command warns about it."""
    with Emulator(host="0.0.0.0") as emulator:
        port = urlsplit(emulator.url).port
        with Api(f"http://127.0.0.1:{port}") as api:
            headers = {"Host": "emulator.example.com", "Origin": "http://emulator.example.com"}
            assert api.send("GET", "/", headers=headers).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://[x"])
def test_a_page_of_another_site_is_refused(emulator: Emulator, api: Api, origin: str) -> None:
    """A browser names the page that sends a request; without a body it could reset everything."""
    emulator.runners.seed()
    answer = api.send("POST", "/emulator/reset", headers={"Origin": origin})
    assert error_of(answer)[0] == 403
    assert len(emulator.runners.all()) == 1
    local = {"Origin": "http://localhost:3000"}
    assert api.send("POST", "/emulator/reset", headers=local).status_code == 200
    assert emulator.runners.all() == []


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_has_to_call_itself_json(emulator: Emulator, api: Api, kind: str | None) -> None:
    """A form of another site's page can't do that; a request without a body need not."""
    headers = {"Content-Type": kind} if kind else {}
    answer = api.send("POST", "/emulator/runners", data='{"name": "x"}', headers=headers)
    assert error_of(answer) == (
        415,
        "a request with a body needs the header Content-Type: application/json",
    )
    assert emulator.runners.all() == []
    assert api.send("POST", "/emulator/runners", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        *(f"Content-Length: {length}" for length in ("-1", "abc", "1.5", "0x10", "²", "9" * 5000)),
        "Transfer-Encoding: chunked",
    ],
    ids=lambda header: header[:20],
)
def test_a_body_of_no_length_is_refused_at_once(emulator: Emulator, header: str) -> None:
    """The connection is closed, because the start of its next request is unknown."""
    parts = urlsplit(emulator.url)
    with socket.create_connection(
        (parts.hostname or "", parts.port or 0), timeout=10
    ) as connection:
        head = f"POST /emulator/runners HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\nnonsense\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    start, _, body = answer.partition(b"\r\n\r\n")
    assert start.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["message"] == "the length of the request's body makes no sense"
    assert emulator.runners.all() == []


@pytest.mark.parametrize("existing", [False, True])
def test_the_file_of_the_state_is_its_owner_s(tmp_path: Path, existing: bool) -> None:
    """It has header values; also one that an older emulator has left open to others."""
    db = tmp_path / "state.sqlite3"
    if existing:
        with Emulator(db=db):
            pass
        db.chmod(0o644)
    with Emulator(db=db) as emulator:
        emulator.runners.seed(headers={"Authorization": "hidden"})
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == ["state.sqlite3", "state.sqlite3-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    """A mistake in the path must not take a file away from others."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be read as one" * 100)
    file.chmod(0o644)
    with pytest.raises(sqlite3.DatabaseError), Emulator(db=file):
        pass
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_a_place_that_can_not_be_written_is_an_error_of_the_database(tmp_path: Path) -> None:
    """The command says so in one sentence."""
    for path in (tmp_path / "missing" / "state.sqlite3", tmp_path):
        with pytest.raises(sqlite3.OperationalError), Emulator(db=path):
            pass
