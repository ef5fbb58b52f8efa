"""The time until the package is imported, and until the plugin serves."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.engine.plugin import write_launcher

_NO_ENGINE = "127.0.0.1:1"
PLUGIN = "pulumi-resource-comfycontrol"
_IMPORT = """\
import time, pulumi
started = time.perf_counter()
from pulumi_comfycontrol import Runner
print(time.perf_counter() - started)
"""
#: An installed package is compiled, so the first start here compiles what has changed.
_NOT_COMPILED = "PYTHONDONTWRITEBYTECODE"


def import_milliseconds() -> float:
    """Return the time to import ``Runner`` in a program that has imported ``pulumi``."""
    command = [sys.executable, "-c", _IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
    return float(done.stdout) * 1000


class Start(NamedTuple):
    """Milliseconds from the execution of the plugin's launcher."""

    port: float
    answer: float


def plugin_start() -> Start:
    """Return the times to the line with the port and to the answer to the engine's first call."""
    with tempfile.TemporaryDirectory() as folder:
        launcher = write_launcher(Path(folder)) / PLUGIN
        started = time.monotonic()
        with subprocess.Popen(
            [launcher, _NO_ENGINE], stdout=subprocess.PIPE, text=True, env=_environment()
        ) as plugin:
            try:
                line = plugin.stdout.readline().strip() if plugin.stdout else ""
                port = time.monotonic() - started
                if not line.isdecimal():
                    msg = f"the plugin printed {line!r} instead of its port"
                    raise RuntimeError(msg)
                _handshake(line)
                answer = time.monotonic() - started
            finally:
                plugin.kill()
    return Start(port * 1000, answer * 1000)


def _handshake(port: str) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        request = provider_pb2.ProviderHandshakeRequest(engine_address=_NO_ENGINE)
        provider_pb2_grpc.ResourceProviderStub(channel).Handshake(request, timeout=60)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _NOT_COMPILED}
