"""Failed exchanges: whether the request was executed; each ends within its timeout."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.api.http import Http
from pulumi_comfycontrol.core.api.request import Request, Sending
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import BadAnswer, ConfigError, NoAnswer
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock

TOKEN = "sk-odd.shape-123"
POST = Request("POST", "/v1/runner", body={"json": {"name": "x"}}, secrets=("hidden-value",))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextlib.contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection by a function, and yield the server's address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                answer(connection)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):  # closing with unread data would reset
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def send(url: str, request: Request = POST, **settings: float) -> bytes:
    """Send a request, and return the body of the reply."""
    return Http(Settings(Secret(TOKEN), url=url, **settings)).send(Sending(request)).content  # type: ignore[arg-type]


def test_a_reply_in_parts_is_read_whole() -> None:
    """Chunks and waits between them make no difference."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n")
        connection.sendall(b"2\r\n2]\r\n0\r\n\r\n")

    with server(answer) as address:
        assert send(f"http://{address}") == b"[1, 2]"


def test_a_reply_that_drips_has_an_end() -> None:
    """A reply whose bytes come in time, but which would never be whole, is given up."""
    clock = FakeClock()

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n ")
        clock.now += 121
        connection.sendall(b" ")

    with server(answer) as address, pytest.raises(BadAnswer, match="without an end"):
        Http(Settings(Secret(TOKEN), url=f"http://{address}"), clock).send(Sending(POST))


def test_a_giant_reply_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is documented is larger than an upload."""
    monkeypatch.setattr("pulumi_comfycontrol.core.api.http._LARGEST", 1_000_000)

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"\r\n" + b" " * 1_000_001)

    with server(answer) as address, pytest.raises(BadAnswer, match="without an end"):
        send(f"http://{address}")


def test_an_upload_may_take_longer_than_a_connection() -> None:
    """The connect timeout bounds the wait for each part of a body, not the whole."""
    size = 8 * 1024 * 1024
    body = {"files": {"body": ("workflow.json", b" " * size, "application/json")}}

    def answer(connection: socket.socket) -> None:
        received = 0
        while received < size and (part := connection.recv(128 * 1024)):
            received += len(part)
            time.sleep(0.01)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with server(answer) as address:
        put = Request("PUT", "/v1/template/1", body=body)
        assert send(f"http://{address}", put, connect_timeout=0.2) == b"{}"


def test_a_reply_that_is_cut_off_may_have_been_carried_out() -> None:
    """The server had the request, so that a POST must not be repeated."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")

    with server(answer) as address, pytest.raises(NoAnswer, match="cut off") as caught:
        send(f"http://{address}")
    assert caught.value.executed is None


def test_a_failed_handshake_has_sent_nothing() -> None:
    """A server that doesn't speak TLS has not seen the request."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with server(answer) as address, pytest.raises(NoAnswer, match="TLS connection") as caught:
        send(f"https://{address}")
    assert caught.value.executed is False


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("REQUESTS_CA_BUNDLE", "/does/not/exist.pem", "the certificates can't be read"),
        ("HTTPS_PROXY", "socks5://127.0.0.1:9", "the proxy can't be used"),
        ("HTTPS_PROXY", "http://", "the proxy can't be used"),
    ],
)
def test_a_wrong_setting_is_no_network_failure(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    """It is named with the variable to correct, and is not tried again."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=sentence) as caught:
        send("https://comfycontrol.invalid")
    assert variable in caught.value.advice


@pytest.mark.parametrize("url", ["https://" + "a" * 64 + ".example.com", "http://."])
def test_an_impossible_host_is_no_network_failure(url: str) -> None:
    """A label of more than 63 characters can't be looked up."""
    with pytest.raises(ConfigError, match="the API's URL is not valid"):
        send(url)


def test_a_dead_proxy_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request never left this machine's network."""
    monkeypatch.setenv("HTTPS_PROXY", "http://robot:hidden@127.0.0.1:9")
    with pytest.raises(NoAnswer) as caught:
        send("https://comfycontrol.invalid")
    assert caught.value.executed is False
    assert not caught.value.nobody_listens
    assert "the proxy http://127.0.0.1:9 refused the connection" in caught.value.fault
    assert "http://127.0.0.1:9, from HTTPS_PROXY" in caught.value.advice
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "reply", "executed"),
    [
        ("http://comfycontrol.invalid", b"", None),  # it has passed the request on, perhaps
        ("https://comfycontrol.invalid", b"HTTP/1.1 403 Forbidden\r\n\r\n", False),
    ],
)
def test_a_proxy_that_closes_may_have_sent_the_request(
    monkeypatch: pytest.MonkeyPatch, url: str, reply: bytes, executed: bool | None
) -> None:
    """Only one that refuses to connect has certainly not, so that a POST is not repeated."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(reply)

    with server(answer) as address:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(variable, f"http://{address}")
        with pytest.raises(NoAnswer, match="the proxy") as caught:
            send(url)
    assert caught.value.executed is executed


def test_a_local_api_is_reached_without_a_proxy(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy has no way to this machine, and would see the token."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    send(emulator.url, Request("GET", "/v1/user"))
    assert len(emulator.requests) == 1


def test_a_netrc_does_not_replace_the_token(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The request has the configured token."""
    (tmp_path / ".netrc").write_text("default login robot password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    http = Http(Settings(Secret(emulator.token), url=emulator.url))
    assert http.send(Sending(Request("GET", "/v1/user"))).status == 200


def test_a_failure_shows_no_secret() -> None:
    """Neither the token nor a header's value is in the text or in the chain of causes."""
    for url in ("http://127.0.0.1:9", "https://127.0.0.1:9", f"https://{'a' * 64}"):
        with pytest.raises((NoAnswer, ConfigError)) as caught:
            send(url)
        assert caught.value.__suppress_context__
        assert TOKEN not in str(caught.value) + repr(caught.value)
        assert "hidden-value" not in str(caught.value)
