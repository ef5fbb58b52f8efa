"""TLS to the store, as its URL asks for it: encryption, and verification of the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.database import Rows, Schema, StorageError
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.postgres import PostgresServer
from tests.tls import TlsFront

SCHEMA = Schema("test", (("CREATE TABLE thing (name TEXT PRIMARY KEY)",),))


@pytest.fixture
def front(postgres_server: PostgresServer) -> Iterator[TlsFront]:
    """The server behind TLS."""
    with closing(TlsFront(postgres_server.port)) as one:
        yield one


@pytest.fixture
def root(front: TlsFront, tmp_path: Path) -> Path:
    """The certificate of the authority that the server's is from."""
    path = tmp_path / "root.pem"
    front.authority.cert_pem.write_to_path(str(path))
    return path


def opened(
    store_url: str, host: str, port: int, sslmode: str = "verify-full", **options: object
) -> PostgresDatabase:
    """The store by a host's name, with options of the URL."""
    parts = urlsplit(store_url)
    address = f"{parts.username}:{parts.password}@{host}:{port}"
    query = "&".join(f"{name}={value}" for name, value in {"sslmode": sslmode, **options}.items())
    database = PostgresDatabase(Secret(f"postgresql://{address}{parts.path}?{query}"))
    database.add(SCHEMA)
    return database


def names(rows: Rows) -> list[str]:
    """Return the names of all rows."""
    return [name for (name,) in rows.execute("SELECT name FROM thing")]


def use(store_url: str, host: str, port: int, **options: str | Path) -> None:
    """Open it, and read from it."""
    with closing(opened(store_url, host, port, **options)) as one:  # type: ignore[arg-type]
        assert one.transact(names) == []


def refusal(store_url: str, host: str, port: int, **options: str | Path) -> StorageError:
    """The error of a store that can't be used; it lasts, and has no secret."""
    with pytest.raises(StorageError) as caught:
        use(store_url, host, port, **options)
    assert caught.value.lasting
    password = urlsplit(store_url).password
    assert password
    assert password not in f"{caught.value} {caught.value!r}"
    return caught.value


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_require_encrypts_and_verifies_nothing(
    front: TlsFront, store_url: str, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A self-signed certificate, and one for another name, are as good as any."""
    monkeypatch.setenv("HOME", str(tmp_path))  # a root certificate there would be verified
    use(store_url, host, front.port, sslmode="require")
    assert front.encrypted == 1


def test_verify_full_takes_the_right_server(front: TlsFront, root: Path, store_url: str) -> None:
    """The server's certificate is for its name, and from the given authority."""
    use(store_url, "localhost", front.port, sslrootcert=root)
    assert front.encrypted == 1


def test_an_encrypted_connection_that_is_lost_is_made_again(
    postgres_server: PostgresServer, front: TlsFront, root: Path, store_url: str
) -> None:
    """The loss of one is no refusal, whatever its message says of SSL."""
    with closing(opened(store_url, "localhost", front.port, sslrootcert=root)) as one:
        assert one.transact(names) == []
        postgres_server.cut()
        assert one.transact(names) == []
    assert front.encrypted == 2


def test_verify_full_refuses_a_certificate_of_another_authority(
    front: TlsFront, tmp_path: Path, store_url: str
) -> None:
    """The message says which setting has the authority's certificate."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    error = refusal(store_url, "localhost", front.port, sslrootcert=other)
    assert "certificate verify failed" in error.fault
    assert "give the certificate of its authority as sslrootcert" in error.advice


def test_verify_full_refuses_a_certificate_for_another_name(
    front: TlsFront, root: Path, store_url: str
) -> None:
    """The message has both names."""
    error = refusal(store_url, "127.0.0.1", front.port, sslrootcert=root)
    assert '"localhost"' in error.fault
    assert '"127.0.0.1"' in error.fault
    assert "the host by the name in that certificate" in error.advice


def test_a_missing_root_certificate_is_a_sentence(
    front: TlsFront, tmp_path: Path, store_url: str
) -> None:
    """The file that the URL names is not there."""
    missing = tmp_path / "missing.pem"
    error = refusal(store_url, "localhost", front.port, sslrootcert=missing)
    assert f'"{missing}"' in error.fault
    assert "sslrootcert" in error.advice


def test_a_server_without_tls_is_refused_where_the_url_requires_it(
    postgres_server: PostgresServer, store_url: str
) -> None:
    """Nothing is sent unencrypted instead."""
    error = refusal(store_url, "127.0.0.1", postgres_server.port, sslmode="require")
    assert "server does not support SSL" in error.fault
