"""The command ``pulumi-resource-comfycontrol``: started by the engine, or ``install``."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grpc import Server

#: Enough threads for all calls of the engine, which limits them by ``--parallel``.
_THREADS = 64
#: The engine's limit of a message in bytes; a template may have 50 MB.
_LARGEST_MESSAGE = 400 * 1024 * 1024
#: Seconds between two looks for a signal.
_WAKE = 1.0
_SERVICE = "pulumirpc.ResourceProvider"
_FAILED = "The ComfyControl plugin can't start."


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
    try:
        _add_service(server, engine_address)
    except Exception:  # noqa: BLE001 - the engine would wait 10 s for a process that has ended
        _add_refusal(server, traceback.format_exc())
    server.start()
    gc.freeze()
    gc.enable()
    # A signal that another thread receives, or just before the wait, does not end a wait.
    while not ended.wait(_WAKE):
        pass
    server.stop(None)


def _add_service(server: Server, engine_address: str) -> None:
    from ..frontend.protocol import stubs
    from ..frontend.session import Session
    from .service import Service

    service = Service(engine_address)
    service.on_session = Session.end_with_engine
    stubs("provider_pb2_grpc").add_ResourceProviderServicer_to_server(service, server)


def _add_refusal(server: Server, text: str) -> None:
    """Answer the engine's first call with the reason why the process can't serve."""
    import grpc

    refusal: Any = grpc.unary_unary_rpc_method_handler(
        lambda _request, context: context.abort(grpc.StatusCode.UNKNOWN, f"{_FAILED}\n{text}")
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(_SERVICE, {"Handshake": refusal})]
    )


def _report(engine_address: str, text: str) -> None:
    """Show the reason why the process can't serve, as far as possible."""
    sys.stderr.write(text)
    try:
        from ..frontend.progress import EngineListener
    except ImportError:
        return
    EngineListener(engine_address, "").warning(f"{_FAILED}\n{text}")


if __name__ == "__main__":
    main()
