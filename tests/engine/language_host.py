"""A server for the part of Pulumi's Python language host that `pulumi import` needs.

The engine that is built from source comes without that host; this one has no plugins to report.
"""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc


def install(folder: Path) -> None:
    """Write a launcher under the name that the engine looks for on PATH."""
    folder.mkdir(exist_ok=True)
    launcher = folder / "pulumi-language-python"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}"\n')
    launcher.chmod(0o755)


def main() -> None:
    """Serve until the engine ends this process."""
    server = grpc.server(ThreadPoolExecutor(2))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(lambda: None), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    signal.signal(signal.SIGINT, lambda *_: server.stop(None))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
