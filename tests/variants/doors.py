"""The ways to the core that a life is played through, each with a stack's state of its own."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Unfinished
from pulumi_comfycontrol.core.lifecycle.verify import Outcome, sent
from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock, WallClock, make_lifecycle
from tests.provider.engine import Engine, Stack
from tests.provider.model import URN, inputs
from tests.provider.simulated import SimulatedComputer, SimulatedNativeComputer, simulate

#: The program's arguments for its one object, by kind ("runner").
Program = Mapping[str, Mapping[str, Any]]


class Door(ABC):
    """Deploys a program with at most one object of each kind; all methods name what failed."""

    emulator: Emulator

    @abstractmethod
    def up(self, program: Program) -> list[str]:
        """Deploy."""

    @abstractmethod
    def refresh(self) -> list[str]:
        """Update the state from the live objects; raises nothing."""

    @abstractmethod
    def destroy(self) -> list[str]:
        """Delete all."""

    @abstractmethod
    def plan(self, program: Program) -> list[str]:
        """Name the kinds of which something would be changed."""

    @abstractmethod
    def ids(self) -> dict[str, str]:
        """The id of the object of each kind in the state."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Let time pass for client and emulator."""

    @abstractmethod
    def close(self) -> None:
        """End."""


class CoreDoor(Door):
    """Calls ``Lifecycle`` as a front-end does; each deployment is a new process."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._clock: FakeClock = WallClock()
        self.emulator = Emulator(clock=self._clock, rate_limit=False, **settings).start()
        #: The outputs in the state, and the fields that the program may have set, by kind.
        self._state: dict[str, tuple[dict[str, Any], set[str]]] = {}

    def up(self, program: Program) -> list[str]:
        return self._each(program, lambda kind: self._up(kind, program[kind]))

    def refresh(self) -> list[str]:
        return self._each([*self._state], self._refresh)

    def destroy(self) -> list[str]:
        return self._each([*self._state], self._delete)

    def plan(self, program: Program) -> list[str]:
        return [kind for kind in program if self._differs(kind, program[kind])]

    def ids(self) -> dict[str, str]:
        return {kind: known["id"] for kind, (known, _) in self._state.items()}

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

    def close(self) -> None:
        self.emulator.stop()

    def _each(self, kinds: Iterable[str], act: Callable[[str], None]) -> list[str]:
        failures = []
        for kind in kinds:
            self._lifecycle = make_lifecycle(
                self.emulator, self._folder, KINDS[kind], self._clock, operation_timeout=30.0
            )
            try:
                act(kind)
            except ComfyControlError as error:
                failures.append(str(error))
        return failures

    def _up(self, kind: str, values: Mapping[str, Any]) -> None:
        known, set_fields = self._state.get(kind, (None, set()))
        if known is not None and not self._differs(kind, values):
            return
        try:
            if known is None:
                outcome = self._lifecycle.create(values, kind)
            else:
                wanted = self._wanted(kind, values)
                outcome = self._lifecycle.update(known["id"], known, wanted, owner=kind)
        except Unfinished as error:
            unset = KINDS[kind].differing(error.record.as_dict(), {}) if known is None else set()
            self._keep(kind, error.outcome, set_fields | values.keys() | unset)
            raise
        self._keep(kind, outcome, set(values))

    def _refresh(self, kind: str) -> None:
        known, set_fields = self._state[kind]
        outcome = self._lifecycle.read(known["id"], known, owner=kind)
        if outcome is None:
            del self._state[kind]
        else:
            self._keep(kind, outcome, set_fields)

    def _delete(self, kind: str) -> None:
        known, _ = self._state[kind]
        self._lifecycle.delete(known["id"], known, owner=kind)
        del self._state[kind]

    def _keep(self, kind: str, outcome: Outcome, set_fields: set[str]) -> None:
        # As it comes back from an engine's state.
        self._state[kind] = (json.loads(json.dumps(outcome.known)), set_fields)

    def _wanted(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        dropped = self._state[kind][1] - values.keys()
        return {**values, **{name: KINDS[kind].fields[name].default for name in dropped}}

    def _differs(self, kind: str, values: Mapping[str, Any]) -> bool:
        if kind not in self._state:
            return True
        known, set_fields = self._state[kind]
        wanted = self._wanted(kind, values)
        differing = KINDS[kind].differing(sent(known), wanted) & wanted.keys()
        return bool(differing) or set_fields != set(values)


class FrontEndDoor(Door):
    """A front-end, driven by a small engine, in simulated time."""

    def __init__(
        self, computer: type[SimulatedComputer], folder: Path, settings: Mapping[str, Any]
    ) -> None:
        self._patch = pytest.MonkeyPatch()
        simulate(self._patch)
        options = {"rate_limit": False, **settings}
        self._computer = computer(folder, 1, 0.0, options)
        self._computer.start()
        self.emulator = self._computer.emulator
        self._stack = Stack()

    def up(self, program: Program) -> list[str]:
        self._stack.program = {
            _urn(kind): inputs(_urn(kind), values) for kind, values in program.items()
        }
        return self._run(Engine.up).failures

    def refresh(self) -> list[str]:
        return self._run(Engine.refresh).failures

    def destroy(self) -> list[str]:
        return self._run(Engine.destroy).failures

    def plan(self, program: Program) -> list[str]:
        self._stack.program = {
            _urn(kind): inputs(_urn(kind), values) for kind, values in program.items()
        }
        engine = self._run(Engine.preview)
        return engine.failures or [*engine.steps]

    def ids(self) -> dict[str, str]:
        found = {urn: resource.id for urn, resource in self._stack.state.items()}
        return {kind: found[_urn(kind)] for kind in KINDS if _urn(kind) in found}

    def sleep(self, seconds: float) -> None:
        self._computer.at_once([lambda: self._computer.sleep(seconds)])

    def close(self) -> None:
        self._computer.close()
        self._patch.undo()

    def _run(self, act: Callable[[Engine], None]) -> Engine:
        with closing(self._computer.host()) as host:
            engine = Engine(self._stack, host)
            self._computer.at_once([lambda: act(engine)])
        return engine


def _urn(kind: str) -> str:
    return URN.format("dev", KINDS[kind].class_name, kind)


DOORS: dict[str, Callable[[Path, Mapping[str, Any]], Door]] = {
    "core": CoreDoor,
    "dynamic provider": partial(FrontEndDoor, SimulatedComputer),
    "native plugin": partial(FrontEndDoor, SimulatedNativeComputer),
}
