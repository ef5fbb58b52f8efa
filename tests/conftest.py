"""Fixtures for all tests: a clean environment, and a local ComfyControl."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from pulumi_comfycontrol.emulator import Emulator

from .postgres import PostgresServer

# A job that a shell runs in the background ignores Ctrl-C, and so would all that tests start.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Examples take as long as the machine needs that others use too.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more worker than processors, since tests wait for processes that start, and for time."""
    return (os.cpu_count() or 1) + 1


#: Of these files, each test may go to another worker: it shares nothing with the others, and they
#: take long. The tests of all other files stay together.
_SPREAD = re.compile(r"tests/(engine/(?!test_request_counts)|variants/|provider/test_machine)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Take the longest files first, and single tests last, so that the workers end together."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if _SPREAD.match(nodeid) else nodeid.partition("::")[0]

    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("COMFYCONTROL_", "PULUMI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COMFYCONTROL_STATE_DIR", str(tmp_path / "state"))
    # The CLI collects garbage for a fifth of its processor time, though it ends in a second.
    monkeypatch.setenv("GOGC", "off")
    monkeypatch.setenv("GOMEMLIMIT", "400MiB")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process; a test that stops it starts it again."""
    server = PostgresServer()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def store_url(postgres_server: PostgresServer) -> str:
    """The URL of a new database, as for ``COMFYCONTROL_STORE``."""
    return postgres_server.database()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A fresh ComfyControl with the documented limits."""
    with Emulator() as one:
        yield one
