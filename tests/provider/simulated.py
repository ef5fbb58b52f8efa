"""Provider hosts inside this process, in simulated time: Pulumi's own servicer over our provider.

Replaced are the resources of a single process: time, threads, its engine, and its module
globals. The requests are real ones, to a real emulator that has the same clock.
"""

from __future__ import annotations

import ast
import importlib.util
import random
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest
from filelock import FileLock
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.core.api import chain
from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.api.http import Http
from pulumi_comfycontrol.core.api.request import Reply, Sending
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.journal import equal, holders, opened
from pulumi_comfycontrol.core.journal.attempt_rows import SCHEMA as ATTEMPTS
from pulumi_comfycontrol.core.journal.journal import Caller, Journal
from pulumi_comfycontrol.core.journal.opened import journal_for
from pulumi_comfycontrol.core.lifecycle import delete, existing, gone, lifecycle, list_cache
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.lifecycle.managed import Managed
from pulumi_comfycontrol.core.quota.host import file_quota, quota_path
from pulumi_comfycontrol.core.quota.line import SCHEMA as LINE
from pulumi_comfycontrol.core.quota.quota import Quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from pulumi_comfycontrol.core.types.kind import Kind
from pulumi_comfycontrol.emulator.state import collection
from pulumi_comfycontrol.frontend import progress, session
from pulumi_comfycontrol.frontend.session import Session
from pulumi_comfycontrol.plugin.service import Service
from pulumi_comfycontrol.provider import base
from pulumi_comfycontrol.provider.host import failure
from pulumi_comfycontrol.provider.session import _settings

from .computer import Computer
from .engine import DETAILS, CallFailed, HostDied, Job
from .native import Translator
from .world import Condition, CooperativeFileLock, Killed, Lock, World, current_task

#: The most seconds that a request or its answer takes on its way.
_LONGEST_WAY = 0.2


def _compiled_host() -> Any:
    """Pulumi's host without its last line, which would start to serve."""
    spec = importlib.util.find_spec("pulumi.dynamic.__main__")
    assert spec
    assert spec.origin
    tree = ast.parse(Path(spec.origin).read_text())
    assert ast.unparse(tree.body.pop()) == "main()"
    return compile(tree, spec.origin, "exec")


_HOST = _compiled_host()


class SimulatedComputer(Computer):
    """A simulated computer on which engines and hosts are processes, and an emulator.

    ``seed`` decides who goes on when several could; the emulator's clock is ``skew`` seconds
    ahead of the computer's, and has the settings ``options``.
    """

    has_time = True
    _hosts: list[SimulatedHost]

    def __init__(self, folder: Path, seed: int, skew: float, options: dict[str, Any]) -> None:
        self.world = World(seed)
        super().__init__(folder, self.world.monotonic, lambda: self.world.now + skew, options)

    host_class: type[SimulatedHost]

    def host(self) -> SimulatedHost:
        """Start an engine and its host."""
        self._hosts.append(self.host_class(self))
        return self._hosts[-1]

    def at_once(self, jobs: Sequence[Job]) -> None:
        """Run several engines at the same time."""
        tasks = [self.world.spawn(job) for job in jobs]
        self.world.run_until(lambda: not set(tasks) & set(self.world.tasks))

    def settle(self) -> None:
        """Wait until hosts whose engine was killed have ended."""
        self.world.run_until(lambda: not self.world.tasks)

    def sleep(self, seconds: float) -> None:
        """Let time pass in which nothing happens."""
        self.world.sleep(seconds)


class SimulatedHost:
    """One provider process, and whether its engine is alive."""

    #: The names of all engines that are alive.
    engines: ClassVar[set[str]] = set()
    accepts_secrets = False
    namespace = "comfycontrol:"

    def __init__(self, computer: SimulatedComputer) -> None:
        self.world, self.folder = computer.world, computer.folder
        self._messages = computer.messages
        self._calls = 0
        self.dead = False
        self.engine = str(uuid.uuid4())
        self.engines.add(self.engine)
        # What the process has to itself, and what the operating system takes back.
        self.main = ModuleType("__main__")
        self.session: Session | None = None
        self.locks: list[FileLock] = []
        self.at_exit: list[Job] = []
        self.open: list[Callable[[], None]] = []
        self._options = {
            f"{self.namespace}apiUrl": computer.emulator.url,
            f"{self.namespace}apiToken": computer.emulator.token,
            **{f"{self.namespace}{key}": value for key, value in computer.config.items()},
        }
        self._store: PostgresDatabase | None = None
        self._servicer: Any = None

    def _new_servicer(self) -> Any:
        exec(_HOST, self.main.__dict__)
        return self.main.DynamicResourceProviderServicer()

    def _configure(self) -> None:
        """Do what the engine does first with a provider process."""
        self._servicer = self._new_servicer()
        arguments = Struct()
        arguments.update(self._options)
        request = provider_pb2.ConfigureRequest(args=arguments)
        self._servicer.Configure(request, _Context(self))

    def call(self, method: str, request: Any) -> Any:
        """See :class:`~.engine.Host`."""
        if self.dead:
            raise HostDied
        task, context = current_task(), _Context(self)
        task.owner = self
        self._calls += 1
        try:
            if self._servicer is None:
                self._configure()
            return getattr(self._servicer, method)(request, context)
        except _Aborted:
            raise CallFailed(context.text, context.details) from None
        except Killed:
            raise HostDied from None
        finally:
            task.owner = None
            self._calls -= 1
            if not (self.is_awaited or self._calls):
                self._end()

    def together(self, jobs: Sequence[Job], most: int, stop: Callable[[], bool]) -> None:
        """See :class:`~.engine.Host`."""
        left = list(jobs)

        def work() -> None:
            while left:
                left.pop(0)()

        running = {self.world.spawn(work) for _ in range(min(most, len(left)))}
        current_task().wait(lambda: stop() or not running & set(self.world.tasks))

    @property
    def is_awaited(self) -> bool:
        """Whether this process lives, and its engine, too."""
        return not self.dead and self.engine in self.engines

    def close(self) -> None:
        """End regularly, as after the engine's SIGINT."""
        if not self.dead:
            for job in self.at_exit:
                job()
        self._end()

    def lose_engine(self) -> None:
        """Let the engine be killed; this process ends when its calls have ended."""
        self.engines.discard(self.engine)
        if not self._calls:
            self._end()

    def kill(self) -> None:
        """Be killed: calls under way do nothing more."""
        self.dead = True
        if not self._calls:
            self._end()

    def _end(self) -> None:
        """Be gone: the operating system closes what is open."""
        self.dead = True
        self.engines.discard(self.engine)
        for lock in self.locks:
            lock.release(force=True)
        for close in self.open:
            close()
        self.locks.clear()
        self.open.clear()

    def store(self, url: Secret) -> PostgresDatabase:
        """The process's connection to the store, which is real, and has the simulated time."""
        if self._store is None:
            self._store = PostgresDatabase(url, now=self.world.time)
            self._store.add(LINE)
            self._store.add(ATTEMPTS)
            self.open.append(self._leave_store)
        return self._store

    def _leave_store(self) -> None:
        # The server notices a closed connection a moment later, in which simulated time flies.
        assert self._store
        session = self._store._session
        if session is not None:
            session._connection.execute("SELECT pg_advisory_unlock_all()")
        self._store.close()

    def log(self, request: Any, timeout: float) -> None:
        """Stand in for the engine's log service."""
        self._messages.append(request.message)


SimulatedComputer.host_class = SimulatedHost


class SimulatedPlugin(SimulatedHost):
    """The same of the native front-end."""

    accepts_secrets = True
    namespace = ""

    def _new_servicer(self) -> Any:
        return Translator(Service("127.0.0.1:1"))


class SimulatedNativeComputer(SimulatedComputer):
    """A computer with hosts of the native front-end."""

    host_class = SimulatedPlugin


class _Aborted(Exception):
    """A call was ended."""


class _Context:
    """Stands in for gRPC's context of a call."""

    text = ""
    details = b""

    def __init__(self, host: SimulatedHost) -> None:
        self._host = host

    def abort(self, code: Any, text: str) -> None:
        self.text = text
        raise _Aborted

    def set_trailing_metadata(self, metadata: Sequence[tuple[str, bytes]]) -> None:
        self.details = dict(metadata).get(DETAILS, b"")

    def is_active(self) -> bool:
        return self._host.is_awaited


class _Sys:
    """The module ``sys`` as a simulated process sees it."""

    exc_info = staticmethod(sys.exc_info)

    @property
    def modules(self) -> dict[str, ModuleType]:
        return {"__main__": _here().main}


def _here() -> SimulatedHost:
    """The process whose code runs."""
    host: SimulatedHost = current_task().owner
    return host


def _uuid4() -> uuid.UUID:
    # Hypothesis starts this generator anew for each example.
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _session(stack_config: Callable[[str], str | None]) -> Session:
    host = _here()
    host.session = host.session or Session(partial(_settings, stack_config), "127.0.0.1:1")
    return host.session


class _Network:
    """The innermost link: HTTP with a delay before and after it."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._http = Http(settings, world)
        self._world = world
        self.close = self._http.close

    def send(self, sending: Sending) -> Reply:
        self._world.sleep(self._world.random.uniform(0, _LONGEST_WAY))
        try:
            return self._http.send(sending)
        finally:
            self._world.sleep(self._world.random.uniform(0, _LONGEST_WAY))


def _client(settings: Settings, **_: Any) -> Client:
    host = _here()
    world = host.world
    network = _Network(settings, world)
    if settings.store is not None:
        quota = Quota(host.store(settings.store), "line", *settings.quota, clock=world)
        host.open.append(network.close)
    else:
        quota = file_quota(quota_path(host.folder, settings.url), *settings.quota, clock=world)
        host.open += [network.close, quota._database.close]  # type: ignore[attr-defined]
    return client_for(settings, quota=quota, clock=world, jitter=world.random.random, http=network)


class _Clock:
    """The clock of the world in which a journal is opened."""

    @property
    def time(self) -> Callable[[], float]:
        """As a method, for later use outside of a task too."""
        return _here().world.time


def _journal(*args: Any, **options: Any) -> Journal:
    one = Journal(*args, **options)
    if not isinstance(one._database, PostgresDatabase):
        _here().open.append(one._database.close)  # type: ignore[attr-defined]
    return one


def _journal_for(settings: Settings, caller: Caller, _clock: Any) -> Journal:
    return journal_for(settings, caller, _here().world)


def _lifecycle(
    client: Client, kind: Kind, journal: Journal, _clock: Any, managed: Managed
) -> Lifecycle:
    return Lifecycle(client, kind, journal, _here().world, managed)


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated processes for the duration of a test."""
    simulate(monkeypatch)


def simulate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace what a process has to itself by that of the simulated process whose code runs."""
    locks = SimpleNamespace(Lock=Lock, Condition=Condition)
    engines = SimulatedHost.engines
    replacements: dict[ModuleType | type, dict[str, Any]] = {
        # Time and threads
        delete: {"threading": locks},
        list_cache: {"threading": locks},
        gone: {"threading": locks},
        existing: {"threading": locks},
        lifecycle: {"Lifecycle": _lifecycle},
        chain: {"client_for": _client},
        # The file system and other processes
        opened: {
            "Journal": _journal,
            "journal_for": _journal_for,
            "store_for": lambda url: _here().store(url),
            "state_folder": lambda: _here().folder,
            "runs": engines.__contains__,
            "SYSTEM_CLOCK": _Clock(),
        },
        holders: {"FileLock": CooperativeFileLock},
        equal: {
            "FileLock": CooperativeFileLock,
            "threading": SimpleNamespace(Lock=Lock, RLock=threading.RLock),
        },
        # The process itself
        failure: {"sys": _Sys()},
        progress: {"engine": lambda _address: SimpleNamespace(Log=_here().log)},
        base: {"process_session": _session},
        session: {
            "supervisor": lambda _address: _here().engine,
            "runs": engines.__contains__,
            "atexit": SimpleNamespace(
                register=lambda job, *args: _here().at_exit.append(partial(job, *args))
            ),
        },
        # Chance
        collection: {"uuid": SimpleNamespace(uuid4=_uuid4)},
    }
    for target, names in replacements.items():
        for name, value in names.items():
            monkeypatch.setattr(target, name, value)
