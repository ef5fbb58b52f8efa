"""Provider hosts as real processes, each with an engine that it may lose."""

from __future__ import annotations

import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2_grpc

from .computer import Computer
from .engine import DETAILS, CallFailed, HostDied, Job
from .host import Host
from .native import NativeHost

#: Seconds that the engine leaves a host before it is killed.
_PATIENCE = 5.0
#: Seconds after which a host without an engine has to be gone.
_GONE = 75.0
_LONGEST_CALL = 120.0


class RealComputer(Computer):
    """This computer, with an emulator; see :class:`~.simulated.SimulatedComputer`."""

    has_time = False
    _hosts: list[RealHost]
    host_class: type[RealHost]

    def __init__(self, folder: Path, seed: int, skew: float, options: dict[str, Any]) -> None:
        super().__init__(
            folder, time.monotonic, lambda: time.time() + skew, {"rate_limit": False, **options}
        )

    def host(self) -> RealHost:
        """Start an engine and its host."""
        host = self.host_class(self, len(self._hosts))
        self._hosts.append(host)
        host.__enter__()
        return host

    def at_once(self, jobs: Sequence[Job]) -> None:
        """Run several engines at the same time."""
        with ThreadPoolExecutor(len(jobs)) as threads:
            list(threads.map(lambda job: job(), jobs))

    def settle(self) -> None:
        """Wait until hosts whose engine was killed have ended."""
        for host in self._hosts:
            host.await_end()

    def sleep(self, seconds: float) -> None:
        """Let time pass in which nothing happens."""
        time.sleep(seconds)


class RealHost(Host):
    """One provider process, and the part of its engine that listens: the log service.

    A host knows by the engine's address whether the engine is still there.
    """

    def __init__(self, computer: RealComputer, number: int) -> None:
        self._messages = computer.messages
        self.folder = computer.folder
        self._ended = False
        self._engine = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(_Log(self._messages), self._engine)
        address = f"127.0.0.1:{self._engine.add_insecure_port('127.0.0.1:0')}"
        self._engine.start()
        self._stderr = computer.folder / f"host-{number}.stderr"
        self._stderr.parent.mkdir(parents=True, exist_ok=True)
        with self._stderr.open("w") as stderr:
            super().__init__(
                computer.emulator,
                engine=address,
                stderr=stderr,
                COMFYCONTROL_STATE_DIR=str(computer.folder / "state"),
                COMFYCONTROL_OPERATION_TIMEOUT="3",
                **_environment(computer.config),
            )

    # For the engine

    def call(self, method: str, request: Any) -> Any:
        """See :class:`~.engine.Host`."""
        try:
            return getattr(self.stub, method)(request, timeout=_LONGEST_CALL)
        except grpc.RpcError as error:
            if error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}:
                raise HostDied from None
            details = dict(error.trailing_metadata() or ()).get(DETAILS, b"")
            raise CallFailed(error.details(), details) from None
        except ValueError:  # the channel was closed
            raise HostDied from None

    def together(self, jobs: Sequence[Job], most: int, stop: Callable[[], bool]) -> None:
        """See :class:`~.engine.Host`; the calls of a dead engine fail by themselves."""
        with ThreadPoolExecutor(most) as threads:
            list(threads.map(lambda job: job(), jobs))

    # Ends

    def close(self) -> None:
        """End regularly: by the engine's SIGINT, and by SIGKILL if that is not enough."""
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)
        self.process.kill()
        self.await_end()

    def lose_engine(self) -> None:
        """Let the engine be killed; this process ends by itself when its calls have ended."""
        self._channel.close()
        self._engine.stop(None)

    def kill(self) -> None:
        """Kill the process."""
        self.process.kill()

    def await_end(self) -> None:
        """Return when the process is gone."""
        if self._ended:
            return
        assert self.process.stdout
        # The pipe ends once no process is left that could write to it.
        ended, _, _ = select.select([self.process.stdout], [], [], _GONE)
        assert ended, "a host did not end after its engine"
        self._ended = True
        self._channel.close()
        self._engine.stop(None).wait()
        self.process.wait()
        self.process.stdout.close()
        self._messages.append(self._stderr.read_text())


def _environment(config: dict[str, str]) -> dict[str, str]:
    """The settings by their names in the environment."""
    names = {"store": "COMFYCONTROL_STORE", "ifExists": "COMFYCONTROL_IF_EXISTS"}
    return {names[key]: value for key, value in config.items()}


class RealPlugin(RealHost, NativeHost):
    """The same of the native front-end."""


RealComputer.host_class = RealHost


class RealNativeComputer(RealComputer):
    """This computer with hosts of the native front-end."""

    host_class = RealPlugin


class _Log(engine_pb2_grpc.EngineServicer):
    """The engine's log service."""

    def __init__(self, messages: list[str]) -> None:
        self._messages = messages

    def Log(self, request: Any, context: Any) -> Empty:  # noqa: N802 - the protocol's name
        """Note a message."""
        self._messages.append(request.message)
        return Empty()
