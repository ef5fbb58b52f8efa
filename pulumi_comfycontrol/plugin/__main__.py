"""The command ``pulumi-resource-comfycontrol``: started by the engine, or ``install``."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

#: Enough threads for all calls of the engine, which limits them by ``--parallel``.
_THREADS = 64
#: The engine's limit of a message in bytes; a template may have 50 MB.
_LARGEST_MESSAGE = 400 * 1024 * 1024


def main() -> None:
    """Serve the engine whose address is the argument, until it ends this process."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["install"]:
        from .install import install

        sys.exit(install(arguments[1:]))
    try:
        _serve(arguments[-1] if arguments else "")
    except Exception:  # noqa: BLE001 - the engine shows nothing of what is printed before the port
        _report(arguments[-1] if arguments else "", traceback.format_exc())
        sys.exit(1)


def _serve(engine_address: str) -> None:
    # Nothing that the start loads is garbage, and looking through it takes a tenth of the start.
    gc.disable()
    import grpc

    from ..frontend.protocol import stubs

    protocol = stubs("provider_pb2_grpc")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = grpc.server(
        ThreadPoolExecutor(_THREADS),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    # The engine reads the first line of stdout as the port, even if it is an error.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    # The port accepts connections already; the rest is loaded while the engine connects.
    from ..frontend.session import Session
    from .service import Service

    service = Service(engine_address)
    service.on_session = Session.end_with_engine
    protocol.add_ResourceProviderServicer_to_server(service, server)
    server.start()
    gc.freeze()
    gc.enable()
    ended.wait()
    server.stop(None)


def _report(engine_address: str, text: str) -> None:
    """Show the reason why the process can't serve, as far as possible."""
    sys.stderr.write(text)
    try:
        from ..frontend.progress import EngineListener
    except ImportError:
        return
    EngineListener(engine_address, "").warning(f"The ComfyControl plugin can't start.\n{text}")


if __name__ == "__main__":
    main()
