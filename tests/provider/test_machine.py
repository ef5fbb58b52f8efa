"""Program changes, drift, faults and kills in any order: nothing is lost or created twice.

Hypothesis makes up what happens (``happenings.py``), a small engine deploys (``engine.py``), and a
model says what must be true after each step (``model.py``). The same machine runs on simulated
processes: many examples, races of locks and requests, time that costs nothing; and on real ones:
few examples. ``MACHINE_EXAMPLES=1000`` in the environment asks for more, and for others each time.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from .engine import Engine, Resource, Stack, Values
from .happenings import (
    DECLARATIONS,
    EDITS,
    OUTSIDE,
    SETTINGS,
    SKEWS,
    STACKS,
    TROUBLES,
    Creation,
    Declaration,
    Deletion,
    Edit,
    Outside,
    Pause,
    Removal,
    Trouble,
)
from .model import HIDDEN, SENT, Model, fields, inputs, stack_of, type_of
from .processes import RealComputer, RealNativeComputer
from .simulated import SimulatedComputer, SimulatedNativeComputer

SIMULATED = [SimulatedComputer, SimulatedNativeComputer]
REAL = [RealComputer, RealNativeComputer]
_SECRET = rf"cfc_|{HIDDEN}"
_FINISHES = "the next `pulumi up` finishes it"
_SEVERAL = "several that equal it exist"
_RESEMBLES = "one that resembles it exists"
_GONE = "no longer exists ("
_OTHERS = st.sampled_from(["refresh", "refresh", "destroy"])
_STACKS = st.sampled_from([["dev"], ["dev"], ["prod"], ["dev", "prod"]])


class Deployments(RuleBasedStateMachine):
    """Two stacks of one account, deployed on one computer; ``counts`` are for statistics."""

    #: Whether all processes know of each other's requests.
    shares_quota = True

    def __init__(self, computer: type[Any], counts: Counter[str]) -> None:
        super().__init__()
        self._computer_class = computer
        self.counts = counts
        self._folder = TemporaryDirectory()
        self.stacks = {name: Stack() for name in STACKS}

    @initialize(
        seed=st.integers(0, 1 << 16),
        skew=SKEWS,
        options=SETTINGS,
        program=st.lists(DECLARATIONS, min_size=2, max_size=6),
    )
    def start(
        self, seed: int, skew: float, options: dict[str, Any], program: list[Declaration]
    ) -> None:
        self.computer = self._computer_class(Path(self._folder.name), seed, skew, options)
        self.computer.start()
        self.emulator = self.computer.emulator
        self.model = Model(self.emulator, self.stacks)
        self._prepare()
        for declaration in program:
            self._edit(declaration)

    def _prepare(self) -> None:
        """Set up what a subclass needs before the first edit."""

    # Deployments

    @rule(edits=EDITS, stacks=_STACKS, trouble=TROUBLES, ordered=st.booleans())
    def up(self, edits: list[Edit], stacks: list[str], trouble: Trouble, ordered: bool) -> None:
        """Edit the programs, and deploy one or both at the same time."""
        for edit in edits:
            self._edit(edit)
        self._deploy("up", stacks, trouble, ordered)

    @rule(edits=EDITS, stacks=_STACKS, trouble=TROUBLES, ordered=st.booleans())
    def up_again(
        self, edits: list[Edit], stacks: list[str], trouble: Trouble, ordered: bool
    ) -> None:
        """The same: it is what matters most."""
        self.up(edits, stacks, trouble, ordered)

    @rule(action=_OTHERS, stacks=_STACKS, trouble=TROUBLES)
    def refresh_or_destroy(self, action: str, stacks: list[str], trouble: Trouble) -> None:
        self._deploy(action, stacks, trouble)

    @rule(what=OUTSIDE)
    def outside(self, what: Outside) -> None:
        """A change in the dashboard, or a lapse of time."""
        if isinstance(what, Pause):
            self._pause(what.seconds)
        elif isinstance(what, Creation):
            self._create_outside(what)
        elif ids := self._visible(what.type):
            id_ = ids[what.which % len(ids)]
            if isinstance(what, Deletion):
                self._delete(id_)
                self.model.note_deletion(id_)
            elif what.value is not None:
                self._pause(1.5)  # timestamps have whole seconds
                runner = what.type == "Runner"
                edit = self.emulator.runners.edit if runner else self.emulator.templates.edit
                self.model.note_edit(edit(id_, **{what.field: what.value}), what.field)

    # What must be true

    @invariant()
    def nothing_is_lost_or_twice(self) -> None:
        self.model.check_always()

    @invariant()
    def messages_are_clean(self) -> None:
        for text in self.computer.messages:
            assert not re.search(rf"Traceback|{_SECRET}", text), text
        self.computer.messages.clear()

    def teardown(self) -> None:
        """Without further faults everything converges, and can be destroyed."""
        try:
            if hasattr(self, "model"):
                self._converge()
        finally:
            if hasattr(self, "computer"):
                self._count()
                self.computer.close()
            self._folder.cleanup()

    def _converge(self) -> None:
        for urn, attempts in self.model.pending.items():
            # The object of an interrupted create is found when its resource is declared again.
            self._stack(urn).program.setdefault(urn, self._inputs(urn, attempts[-1]))
        used = [name for name, stack in self.stacks.items() if stack.state or stack.program]
        for action in ("refresh", "up"):
            for name in used:
                self._deploy(action, [name], Trouble())
        self.model.check_always()
        self.model.check_explained({})
        for name in used:
            self._deploy("destroy", [name], Trouble())
        self.model.check_always()
        self.model.check_explained({})
        refused = [one for one in self.emulator.requests if one.status == 429 and not one.fault]
        assert not (refused and self.shares_quota)
        for path in Path(self._folder.name).rglob("*"):
            assert not path.is_file() or not re.search(_SECRET.encode(), path.read_bytes())

    # How

    def _stack(self, urn: str) -> Stack:
        return self.stacks[stack_of(urn)]

    def _host(self, _stack: str) -> Any:
        """Start a provider process for a stack."""
        return self.computer.host()

    def _inputs(self, urn: str, values: Values) -> Values:
        """The inputs that the program of a resource has for values."""
        return inputs(urn, values)

    def _declared(self, type_: str, but: str = "") -> list[tuple[str, dict[str, Values]]]:
        """The resources of a type that programs have, each with its program."""
        return [
            (urn, stack.program)
            for stack in self.stacks.values()
            for urn in stack.program
            if type_of(urn) == type_ and urn != but
        ]

    def _visible(self, type_: str) -> list[str]:
        """The objects that may be changed outside without confusing what they are."""
        rows = self.emulator.runners.all() if type_ == "Runner" else self.emulator.templates.all()
        owned, foreign = self.model.owned(), self.model.foreign
        ids = [row["id"] for row in rows if row["id"] in owned or row["id"] in foreign]
        return sorted(ids, key=lambda id_: owned[id_][0] if id_ in owned else "")

    def _edit(self, edit: Edit) -> None:
        """Add, change or remove a resource of a program."""
        if isinstance(edit, Declaration):
            values = self._inputs(edit.urn, edit.values)
            twins = self._declared(type_of(edit.urn), but=edit.urn)
            if twins and edit.twin is not None:
                urn, program = twins[edit.twin % len(twins)]
                values = self._inputs(edit.urn, program[urn])
            program = self._stack(edit.urn).program
            others = {urn: program[urn] for urn in program if urn != edit.urn}
            mine = {edit.urn: values}
            program.clear()
            program.update(mine | others if edit.first else others | mine)
        elif isinstance(edit, Removal):
            self._stack(edit.urn).program.pop(edit.urn, None)
        elif declared := self._declared(edit.type):
            urn, program = declared[edit.which % len(declared)]
            program[urn] = self._inputs(urn, {**program[urn], edit.field: edit.value})

    def _create_outside(self, creation: Creation) -> None:
        """Make an object; one that equals a declared one only when ours can't be meant."""
        declared = self._declared(creation.type)
        values: Values = {"name": "Theirs"}
        is_equal = self.computer.has_time and creation.twin is not None and not self.model.pending
        if is_equal and declared:
            urn, program = declared[(creation.twin or 0) % len(declared)]
            values = fields(urn, program[urn], SENT[creation.type])
            self._settle()
        self._pause(10)
        runner = creation.type == "Runner"
        row = (self.emulator.runners.seed if runner else self.emulator.templates.seed)(**values)
        self.model.foreign[row["id"]] = row
        self._pause(10)

    def _pause(self, seconds: float) -> None:
        if self.computer.has_time:
            self.computer.sleep(seconds)

    def _delete(self, id_: str) -> None:
        is_template = any(row["id"] == id_ for row in self.emulator.templates.all())
        (self.emulator.templates.delete if is_template else self.emulator.runners.delete)(id_)

    def _deploy(
        self, action: str, names: list[str], trouble: Trouble, ordered: bool = False
    ) -> None:
        if trouble.at_once:
            self.model.note_race()
        else:
            self._settle()
        self.counts["orphans met"] += len(self.model.unowned())
        before = {name: dict(self.stacks[name].state) for name in names}
        sent = len(self.emulator.requests)
        hosts = [self._host(name) for name in names]
        engines = [
            Engine(
                self.stacks[name],
                host,
                ordered=ordered,
                lives=trouble.lives,
                kill=partial(self._lose_engine, host, trouble.power_cut),
            )
            for name, host in zip(names, hosts, strict=True)
        ]
        self._order(trouble, engines[0], hosts[0])
        self.computer.at_once([getattr(engine, action) for engine in engines])
        self.emulator.clear_faults()
        for engine, host in zip(engines, hosts, strict=True):
            if not engine.dead:
                host.close()
        for engine, name in zip(engines, names, strict=True):
            self.counts[action] += 1
            self.computer.messages += engine.failures
            self.model.note(engine, self.stacks[name], before[name])
            self._check(engine, name)
        if not trouble:
            for engine, name in zip(engines, names, strict=True):
                self._check_clean(action, engine, name, before[name], sent)

    def _settle(self) -> None:
        self.computer.settle()
        self.model.note_end_of_races()

    def _order(self, trouble: Trouble, engine: Engine, host: Any) -> None:
        if kill := trouble.kill:
            self.computer.on_kill = partial(self._kill, kill.who, engine, host)
            function = self.computer.on_kill if kill.when == "call" else None
            self.emulator.fault(kill.when, kill.method, skip=kill.skip, function=function)
        for fault in trouble.faults:
            slow = fault.get("status") == 429 and not self.computer.has_time
            self.emulator.fault(**fault | ({"status": 503} if slow else {}))

    def _kill(self, who: str, engine: Engine, host: Any) -> None:
        if who == "host":
            self.counts["hosts killed"] += 1
            host.kill()
        else:
            engine.die()
            self._lose_engine(host, power_cut=who == "both")

    def _lose_engine(self, host: Any, power_cut: bool) -> None:
        self.counts["engines killed"] += 1
        if power_cut:
            self.counts["hosts killed"] += 1
            host.kill()
        host.lose_engine()

    def _check(self, engine: Engine, name: str) -> None:
        """Check that an operation which a message promises to finish is marked so in the state."""
        promised = sum(_FINISHES in text for text in engine.failures)
        unfinished = sum(one.unfinished for one in self.stacks[name].state.values())
        assert engine.dead or promised <= unfinished, engine.failures

    def _check_clean(
        self, action: str, engine: Engine, name: str, before: dict[str, Resource], sent: int
    ) -> None:
        stack = self.stacks[name]
        if action == "refresh":
            assert engine.is_clean, engine.failures
            self.model.note_refresh(before)
            self.model.check_refreshed(stack)
        elif action == "destroy":
            assert engine.is_clean, engine.failures
            assert not stack.state
        elif engine.is_clean:
            requests = self.emulator.requests[sent:]
            put = {one.path.rpartition("/")[2] for one in requests if one.method == "PUT"}
            put -= self.model.raced
            self._settle()
            self.model.check_done(stack, before, put)
            self._check_preview(name)
        else:
            self._do_as_told(engine, name)

    def _check_preview(self, name: str) -> None:
        """There is nothing left to do, and no request is sent to find that out."""
        sent = len(self.emulator.requests)
        host = self._host(name)
        engine = Engine(self.stacks[name], host)
        self.computer.at_once([engine.preview])
        host.close()
        assert (engine.steps, engine.failures) == ({}, [])
        assert len(self.emulator.requests) == sent

    def _do_as_told(self, engine: Engine, name: str) -> None:
        """Follow the advice in the messages of a failed `up`; it then succeeds."""
        self.counts["advice followed"] += 1
        for text in engine.failures:
            self._follow(text)
        self._deploy("refresh", [name], Trouble())
        self._deploy("up", [name], Trouble())

    def _follow(self, text: str) -> None:
        """Do what a message says."""
        if _SEVERAL in text:
            for id_ in self.model.named(text):
                self._delete(id_)
        elif _RESEMBLES in text:
            for id_ in self.model.resembling(text):
                self._delete(id_)
                self.model.note_deletion(id_)
        else:
            assert _GONE in text, text
            assert any(id_ in text for id_ in self.model.gone), text

    def _count(self) -> None:
        requests = self.emulator.requests
        kills = {"call", "kill_before", "kill_after"}
        self.counts["examples"] += 1
        self.counts["requests"] += len(requests)
        self.counts["faults"] += sum(one.fault not in {None, *kills} for one in requests)
        self.counts["objects created"] += len(self.model.seen) - len(self.model.foreign)


@pytest.mark.parametrize("examples", [10, pytest.param(30, marks=pytest.mark.soak)])
@pytest.mark.parametrize("computer", SIMULATED)
def test_simulated_processes(
    computer: type[Any], examples: int, simulation: None, summary: list[str]
) -> None:
    """In every example, whatever is interrupted, the next clean deployment converges."""
    run(Deployments, computer, examples, 40, summary)


@pytest.mark.soak
@pytest.mark.parametrize("computer", REAL)
def test_real_processes(computer: type[Any], summary: list[str]) -> None:
    """The same holds where processes, locks and time are those of the operating system."""
    run(Deployments, computer, 3, 8, summary)


def run(
    machine: type[Deployments], computer: type[Any], examples: int, steps: int, summary: list[str]
) -> None:
    """Run a machine on such computers; ``summary`` gets a line with its statistics."""
    counts = Counter[str]()
    more = int(os.environ.get("MACHINE_EXAMPLES", "0"))
    one = settings(
        max_examples=max(1, min(more, more * examples // 10)) if more else examples,
        stateful_step_count=steps,
        derandomize=not more,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    make: Any = partial(machine, computer, counts)
    if not more:
        make = seed(f"{machine.__name__} {computer.__name__}")(make)  # else all get the same lives
    try:
        run_state_machine_as_test(make, settings=one)
    finally:
        figures = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        summary.append(f"{machine.__name__} on {computer.__name__}: {figures}")
