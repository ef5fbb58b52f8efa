"""The plugin as a process: its start, the modules that it loads, and its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.engine.plugin import write_launcher
from tools.engine import ROOT

COMMAND = [sys.executable, "-m", "pulumi_comfycontrol.plugin"]


@pytest.fixture
def engine() -> Iterator[socket.socket]:
    """A listener in the place of the engine."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        yield one


def test_the_first_line_is_the_port(engine: socket.socket) -> None:
    """The engine connects at once and is answered; SIGINT ends the process regularly."""
    address = f"127.0.0.1:{engine.getsockname()[1]}"
    with subprocess.Popen([*COMMAND, address], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        socket.create_connection(("127.0.0.1", port)).close()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            request = provider_pb2.ProviderHandshakeRequest(engine_address=address)
            assert stub.Handshake(request, timeout=10).accept_secrets
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_port_waits_for_nothing_but_grpc() -> None:
    """The protocol, the resources and their types are loaded while the engine connects."""
    code = """
import os, sys
from pulumi_comfycontrol.plugin.__main__ import main

class Stdout:
    def write(self, line):
        names = (name for name in sys.modules if name.startswith(("google", "pulumi")))
        sys.__stdout__.write(" ".join(names))
        sys.__stdout__.flush()
        os._exit(0)

sys.stdout = Stdout()
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    plugin = "pulumi_comfycontrol.plugin"
    assert done.stdout.split() == ["pulumi_comfycontrol", plugin, f"{plugin}.__main__"]


def test_a_plugin_that_cannot_be_loaded_says_so_at_once(tmp_path: Path) -> None:
    """The engine would wait 10 s for an answer of a process that has printed its port and ended."""
    (tmp_path / "pulumi").mkdir()
    (tmp_path / "pulumi" / "__init__.py").touch()  # a package without the protocol's messages
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    with subprocess.Popen(
        [*COMMAND, "127.0.0.1:1"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            handshake = provider_pb2_grpc.ResourceProviderStub(channel).Handshake
            with pytest.raises(grpc.RpcError, match=r"(?s)can't start.*ModuleNotFoundError"):
                handshake(provider_pb2.ProviderHandshakeRequest(), timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_signal_that_another_thread_receives_ends_the_process() -> None:
    """The kernel may choose any thread, and Python wakes no other one for it."""
    code = """
import signal, sys, threading
from pulumi_comfycontrol.plugin.__main__ import main

def receive():
    waiting = lambda frame: frame.f_code.co_name == "wait" and frame.f_back.f_back.f_code is served
    while not waiting(sys._current_frames()[threading.main_thread().ident]):
        pass
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

served = sys.modules[main.__module__]._serve.__code__
threading.Thread(target=receive, daemon=True).start()
main()
"""
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True, timeout=20)


def test_a_module_of_the_project_is_not_taken_for_one_of_python(tmp_path: Path) -> None:
    """The engine starts the plugin in the program's folder, which may have a ``queue.py``."""
    (tmp_path / "queue.py").write_text("raise SystemExit('not that of Python')\n")
    launcher = write_launcher(tmp_path / "bin") / "pulumi-resource-comfycontrol"
    with subprocess.Popen(
        [launcher, "127.0.0.1:1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isdecimal()
        process.kill()


def test_the_sdk_is_not_loaded() -> None:
    """It takes most of the start, and a plugin for other languages has no use for it."""
    code = (
        "import sys, pulumi_comfycontrol.plugin.service, pulumi_comfycontrol.plugin.functions;"
        "assert 'pulumi' not in sys.modules, 'loaded'; assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
