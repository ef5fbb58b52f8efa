"""Machines that come and go, a store or ``ifExists``: the stacks of ``test_machine.py`` on them.

Each stack is deployed on a machine of its own. At any time a machine is lost, with its state folder
and the journal in it, and the next run of the stack is on a new one. What protects the creates is
drawn for each example: a real PostgreSQL, ``ifExists``, or both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from .engine import Values
from .happenings import DECLARATIONS, SETTINGS, SKEWS, STACKS, Declaration
from .model import inputs, stack_of
from .test_machine import REAL, SIMULATED, Deployments, run

_PROTECTIONS = st.sampled_from([("store",), ("adopt",), ("fail",), ("store", "adopt")])
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Machines(Deployments):
    """Two stacks of one account, each on a machine that may be lost."""

    #: The URL of a database that examples use one after the other.
    store: ClassVar[str]

    @initialize(
        seed=st.integers(0, 1 << 16),
        skew=SKEWS,
        options=SETTINGS,
        program=st.lists(DECLARATIONS, min_size=2, max_size=6),
        protection=_PROTECTIONS,
    )
    def start(  # type: ignore[override]
        self,
        seed: int,
        skew: float,
        options: dict[str, Any],
        program: list[Declaration],
        protection: tuple[str, ...],
    ) -> None:
        self._protection = protection
        self.counts[f"with {' and '.join(protection)}"] += 1
        super().start(seed, skew, options, program)

    def _prepare(self) -> None:
        self._root = self.computer.folder
        self._number = 0
        self._folders = {name: self._new_folder() for name in STACKS}
        self.shares_quota = "store" in self._protection
        if self.shares_quota:
            with closing(psycopg.connect(self.store, autocommit=True)) as connection:
                connection.execute("DROP SCHEMA IF EXISTS comfycontrol CASCADE")
            self.computer.config["store"] = self.store
        self._if_exists = next((one for one in self._protection if one != "store"), "create")
        self.model.adopts = self._if_exists != "create"

    @rule(stack=st.sampled_from(STACKS), dies=st.booleans())
    def lose_machine(self, stack: str, dies: bool) -> None:
        """The next run of a stack is on another machine; only a store bears with a former one."""
        self.counts["machines lost"] += 1
        if dies or not self.shares_quota:
            self.computer.lose(self._folders[stack])
        self._folders[stack] = self._new_folder()

    def _new_folder(self) -> Path:
        self._number += 1
        folder: Path = self._root / f"machine-{self._number}"
        return folder

    def _host(self, stack: str) -> Any:
        self.computer.folder = self._folders[stack]
        self.computer.config["ifExists"] = self._if_exists
        return self.computer.host()

    def _inputs(self, urn: str, values: Values) -> Values:
        """Stacks that adopt need names of their own."""
        if self.model.adopts:
            values = {**values, "name": f"{values['name'].partition(' of ')[0]} of {stack_of(urn)}"}
        return inputs(urn, values)

    def _do_as_told(self, engine: Any, name: str) -> None:
        chosen = self._if_exists
        try:
            super()._do_as_told(engine, name)
        finally:
            self._if_exists = chosen

    def _follow(self, text: str) -> None:
        if "exist already (" not in text and "exists already" not in text:
            super()._follow(text)
            return
        ids = set(_ID.findall(text))
        owned = self.model.owned()
        assert ids, text
        surplus = ids - owned.keys()
        if "exists already" in text and surplus:
            self._if_exists = "adopt"
        elif surplus:
            for id_ in surplus:
                self._delete(id_)
                self.model.note_deletion(id_)
        else:
            # A resource that depends on the new one has it, which the provider can't know yet.
            [stack] = {stack_of(owned[id_][0]) for id_ in ids}
            self._if_exists = "create"
            self.model.abandon(stack)


Run = Callable[[type[Any], int, int], None]


@pytest.fixture
def play(store_url: str, summary: list[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the state machine on computers for so many examples and steps."""
    monkeypatch.setattr(Machines, "store", store_url, raising=False)
    return lambda computer, examples, steps: run(Machines, computer, examples, steps, summary)


@pytest.mark.parametrize("computer", SIMULATED)
def test_machines_come_and_go(computer: type[Any], simulation: None, play: Run) -> None:
    """No object is managed twice, made twice, or deleted beside a resource that manages it."""
    play(computer, 10, 30)


@pytest.mark.soak
@pytest.mark.parametrize("computer", SIMULATED)
def test_many_machines(computer: type[Any], simulation: None, play: Run) -> None:
    """The same in longer lives."""
    play(computer, 60, 40)


@pytest.mark.soak
@pytest.mark.parametrize("computer", REAL)
def test_real_machines(computer: type[Any], play: Run) -> None:
    """The same where processes, locks and time are those of the operating system."""
    play(computer, 3, 8)
