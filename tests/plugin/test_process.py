"""The plugin as a process: its start, the modules that it loads, and its end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

COMMAND = [sys.executable, "-m", "pulumi_comfycontrol.plugin"]


@pytest.fixture
def engine() -> Iterator[socket.socket]:
    """A listener in the place of the engine."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        yield one


def test_the_first_line_is_the_port(engine: socket.socket) -> None:
    """The engine connects to it; SIGINT ends the process regularly."""
    address = f"127.0.0.1:{engine.getsockname()[1]}"
    with subprocess.Popen([*COMMAND, address], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        socket.create_connection(("127.0.0.1", port)).close()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_sdk_is_not_loaded() -> None:
    """It takes most of the start, and a plugin for other languages has no use for it."""
    code = (
        "import sys, pulumi_comfycontrol.plugin.service, pulumi_comfycontrol.plugin.functions;"
        "assert 'pulumi' not in sys.modules, 'loaded'; assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
