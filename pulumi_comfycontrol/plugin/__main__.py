"""The command ``pulumi-resource-comfycontrol``: started by the engine, or ``install``."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

#: The engine limits its calls by ``--parallel``; here none has to wait for another one.
_THREADS = 64
#: Bytes of a message, as the engine has it; a template may have 50 MB.
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
    import grpc

    from ..frontend.protocol import stubs
    from ..frontend.session import Session
    from .service import Service

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    service = Service(engine_address)
    service.on_session = Session.end_with_engine
    server = grpc.server(
        ThreadPoolExecutor(_THREADS),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    stubs("provider_pb2_grpc").add_ResourceProviderServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine takes the first line for the port, whatever it says.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop(None)


def _report(engine_address: str, text: str) -> None:
    """Show why the process can't serve, as far as that is possible."""
    sys.stderr.write(text)
    try:
        from ..frontend.progress import EngineListener
    except ImportError:
        return
    EngineListener(engine_address, "").warning(f"The ComfyControl plugin can't start.\n{text}")


if __name__ == "__main__":
    main()
