"""Invariants of stacks and of the emulator, whatever the events before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.dynamic.dynamic import serialize_provider

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.state import NOTES_KEY
from pulumi_comfycontrol.provider.runner import RunnerProvider
from pulumi_comfycontrol.provider.template import TemplateProvider

from .engine import Engine, Resource, Stack, Values, is_secret, secret, unwrapped

URN = "urn:pulumi:{}::test::pulumi-python:dynamic/comfycontrol:{}::{}"
#: The beginning of every header value.
HIDDEN = "hidden-"
#: The default of each field, by type.
DEFAULTS: dict[str, Values] = {
    "Runner": {"headers": {}, "tags": [], "status": "active"},
    "Template": {},
}
#: The fields of a create request, by type.
SENT = {
    "Runner": ("name", "endpoint", "headers", "tags"),
    "Template": ("name", "description", "body"),
}
FIELDS = {"Runner": (*SENT["Runner"], "status"), "Template": SENT["Template"]}
_PROVIDERS = {
    "Runner": serialize_provider(RunnerProvider()),
    "Template": serialize_provider(TemplateProvider()),
}
#: The fields by which a create that adopts recognises an object, by type.
IDENTITY = {"Runner": ("name", "endpoint"), "Template": ("name",)}
#: Outputs that no program sets: their names in the dynamic types, and in the native ones.
_NATIVE_NAMES = {"user_id": "userId", "created_at": "createdAt", "updated_at": "updatedAt"}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def type_of(urn: str) -> str:
    """``Runner`` or ``Template``."""
    return urn.split("::")[2].rpartition(":")[2]


def inputs(urn: str, values: Mapping[str, Any]) -> Values:
    """The inputs that a program passes to the engine."""
    given = {name: value for name, value in values.items() if value is not None}
    if "headers" in given:
        given["headers"] = secret(unwrapped(given["headers"]))
    if isinstance(given.get("body"), dict):
        given["body"] = json.dumps(given["body"])
    return given | {"__provider": _PROVIDERS[type_of(urn)]}


def fields(urn: str, properties: Mapping[str, Any], names: Iterable[str] = ()) -> Values:
    """The fields among ``properties`` in the form in which they are compared."""
    found = {
        name: unwrapped(properties[name])
        for name in names or FIELDS[type_of(urn)]
        if name in properties
    }
    if "tags" in found:
        found["tags"] = sorted(found["tags"])
    if "body" in found:
        found["body"] = json.loads(found["body"])
    return found


def stack_of(urn: str) -> str:
    """The stack's name."""
    return urn.split(":")[2]


def set_fields(resource: Resource) -> set[str]:
    """The fields that the state says the program sets, or may have set."""
    return set(resource.outputs[NOTES_KEY]["set_fields"])


@dataclass
class Model:
    """Expected ownership of objects by stacks and resources."""

    emulator: Emulator
    stacks: dict[str, Stack]
    #: Whether creates take existing objects over, by their identity.
    adopts: bool = False
    #: In that case: types and fields of creates for whose objects nothing looks any more.
    abandoned: list[tuple[str, Values]] = field(default_factory=list)
    #: Objects made outside, as they have to stay.
    foreign: dict[str, Values] = field(default_factory=dict)
    #: URN → the fields that creates sent whose outcome the engine does not know.
    pending: dict[str, list[Values]] = field(default_factory=dict)
    #: id → the fields that it should have.
    expected: dict[str, Values] = field(default_factory=dict)
    #: id → the fields that were changed outside since the engine has last read it.
    drift: dict[str, set[str]] = field(default_factory=dict)
    #: id → field → values that updates sent whose outcome the engine does not know.
    uncertain: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    #: Objects that were, or may have been, deleted behind the engine's back.
    gone: set[str] = field(default_factory=set)
    #: Objects that a host without an engine may still be changing or deleting.
    stale: set[str] = field(default_factory=set)
    #: Those of them beside which something was deployed since.
    raced: set[str] = field(default_factory=set)
    #: All ids that ever were.
    seen: set[str] = field(default_factory=set)

    def rows(self) -> dict[str, Values]:
        """All objects by id."""
        rows = {
            row["id"]: row for row in (*self.emulator.runners.all(), *self.emulator.templates.all())
        }
        self.seen |= rows.keys()
        return rows

    def owned(self) -> dict[str, tuple[str, Resource]]:
        """All resources in the states by id; fails where two have the same id.

        A run that adopts may be killed between the adoption and the deletion of the former
        resource, or its replacement.
        """
        owned: dict[str, tuple[str, Resource]] = {}
        for stack in self.stacks.values():
            for urn, resource in stack.state.items():
                other, _ = owned.setdefault(resource.id, (urn, resource))
                is_half_done = self.adopts and stack_of(other) == stack_of(urn)
                assert other == urn or is_half_done, f"{urn} and {other} own the same"
        return owned

    def unowned(self) -> dict[str, Values]:
        """Objects that neither a state has nor an event outside has created."""
        owned = self.owned()
        rows = self.rows()
        known = self.foreign.keys() | owned.keys()
        known |= {one.id for stack in self.stacks.values() for _, one in stack.replaced}
        return {id_: rows[id_] for id_ in rows if id_ not in known}

    # Before and after a deployment

    def note(self, engine: Engine, stack: Stack, before: Mapping[str, Resource]) -> None:
        """Update the model after a deployment."""
        for urn, values in engine.begun:
            sent = DEFAULTS[type_of(urn)] | values
            self.pending.setdefault(urn, []).append(fields(urn, sent, SENT[type_of(urn)]))
        for urn, resource in stack.state.items():
            if urn not in before or before[urn].id != resource.id:
                self._note_create(urn, resource)
            if engine.steps.get(urn) == "delete":
                self.gone.add(resource.id)
            if engine.dead and engine.steps.get(urn) in {"update", "delete"}:
                self.stale.add(resource.id)
            self._note_resource(urn, resource, before.get(urn))
        for urn, attempted in engine.updating.items():
            self._note_unknown_update(urn, before[urn], attempted)

    def _note_create(self, urn: str, resource: Resource) -> None:
        type_ = type_of(urn)
        attempts = self.pending.pop(urn, [])
        if not self.adopts:
            return
        mine = fields(urn, resource.inputs, IDENTITY[type_])
        self.abandoned += [
            (type_, one) for one in attempts if fields(urn, one, IDENTITY[type_]) != mine
        ]
        taken = self.foreign.pop(resource.id, None)
        assert taken is None or fields(urn, taken, IDENTITY[type_]) == mine, (
            "adopted without reason"
        )

    def abandon(self, stack: str) -> None:
        """Take note that nothing looks for what a stack's interrupted creates made."""
        for urn in [urn for urn in self.pending if stack_of(urn) == stack]:
            self.abandoned += [(type_of(urn), one) for one in self.pending.pop(urn)]

    def _note_unknown_update(self, urn: str, old: Resource, attempted: Values) -> None:
        known, sent = fields(urn, old.outputs), DEFAULTS[type_of(urn)] | fields(urn, attempted)
        uncertain = self.uncertain.setdefault(old.id, {})
        for name, value in sent.items():
            if value != known[name]:
                uncertain.setdefault(name, []).append(value)

    def _note_resource(self, urn: str, resource: Resource, old: Resource | None) -> None:
        set_now = set_fields(resource)
        if resource.id not in self.expected:
            # An adopted object keeps what the program does not set.
            self.expected[resource.id] = {} if self.adopts else dict(DEFAULTS[type_of(urn)])
        elif old is not None:
            expected = self.expected[resource.id]
            for name in set_fields(old) - set_now:
                if name not in self.drift.get(resource.id, ()):
                    expected[name] = DEFAULTS[type_of(urn)][name]
                else:  # the engine could not know that there was something to take back
                    expected.pop(name, None)
        self.expected[resource.id] |= fields(urn, resource.inputs)

    def note_race(self) -> None:
        """Take note that something is deployed beside hosts of killed engines."""
        self.raced |= self.stale
        self._doubt_raced()

    def note_end_of_races(self) -> None:
        """Take note that all hosts of killed engines have ended."""
        self._doubt_raced()
        self.raced.clear()
        self.stale.clear()

    def _doubt_raced(self) -> None:
        # The last write wins, and only a refresh would show which one that was.
        for id_ in self.raced:
            self.drift.setdefault(id_, set()).update(FIELDS["Runner"], FIELDS["Template"])
            self.gone.add(id_)

    def note_edit(self, row: Values, name: str) -> None:
        """Take note of a field that was changed outside."""
        id_ = row["id"]
        if id_ in self.foreign:
            self.foreign[id_] = row
        else:
            urn, _ = self.owned()[id_]
            self.drift.setdefault(id_, set()).add(name)
            self.expected[id_] |= fields(urn, row, [name])

    def note_deletion(self, id_: str) -> None:
        """Take note of an object that was deleted outside."""
        if self.foreign.pop(id_, None) is None:
            self.gone.add(id_)

    def note_refresh(self, before: Mapping[str, Resource]) -> None:
        """Take note of a refresh that read everything."""
        rows = self.rows()
        for urn, resource in before.items():
            self.drift.pop(resource.id, None)
            self.gone.discard(resource.id)
            names = self.uncertain.pop(resource.id, {})
            if names and resource.id in rows:
                self.expected[resource.id] |= fields(urn, rows[resource.id], names)

    # What must be true

    def check_always(self) -> None:
        """Check: nothing is lost or created twice, and objects of others are untouched."""
        rows = self.rows()
        self._check_foreign(rows)
        assert not self.foreign.keys() & self.owned().keys(), "something foreign was taken"
        lost = self.owned().keys() - rows.keys() - self.gone
        assert not lost, f"deleted, though a resource manages it: {lost}"
        self.check_explained(self.pending)
        for stack in self.stacks.values():
            for resource in stack.state.values():
                text = json.dumps(_masked([resource.inputs, resource.outputs]))
                assert HIDDEN not in text, "a header's value is not marked as a secret"

    def check_explained(self, pending: Mapping[str, list[Values]]) -> None:
        """Check that each unowned object can be that of an interrupted create."""
        unowned = self.unowned()
        names = IDENTITY if self.adopts else SENT
        attempts = [
            *([(type_of(urn), one) for one in ones] for urn, ones in pending.items()),
            *([one] for one in self.abandoned),
        ]
        possible = [
            {
                (type_, _text({name: one[name] for name in names[type_] if name in one}))
                for type_, one in ones
            }
            for ones in attempts
        ]
        rows = [
            (type_, _text(fields(f"::::{type_}", row, names[type_])))
            for row in unowned.values()
            for type_ in (_type_of_row(row),)
        ]
        assert _explained(rows, possible), f"an orphan: {unowned}"

    def _check_foreign(self, rows: Mapping[str, Values]) -> None:
        if self.adopts:
            # A killed run may have changed what it had not yet recorded as adopted.
            begun = [
                (type_of(urn), fields(urn, one, IDENTITY[type_of(urn)]))
                for urn, attempts in self.pending.items()
                for one in attempts
            ]
            for id_, row in self.foreign.items():
                type_ = _type_of_row(row)
                if id_ in rows and (type_, _identity(type_, rows[id_])) in begun:
                    self.foreign[id_] = rows[id_]
        assert {id_: rows.get(id_) for id_ in self.foreign} == self.foreign

    def check_done(self, stack: Stack, before: Mapping[str, Resource], put: set[str]) -> None:
        """Check after a deployment without faults: state and objects equal the program.

        But for what neither a refresh nor the answer to a PUT (to the ids in ``put``) could have
        shown: changes made outside, and what an interrupted update has done of which the program
        says by now what it said before.
        """
        assert stack.state.keys() == stack.program.keys()
        assert not stack.replaced
        ids = [resource.id for resource in stack.state.values()]
        assert len(set(ids)) == len(ids), "two resources have one object"
        rows = self.rows()
        for urn, resource in stack.state.items():
            if resource.id in self.gone and resource.id not in rows:
                continue
            row, drift = rows[resource.id], self.drift.get(resource.id, set())
            real, uncertain = fields(urn, row), self.uncertain.get(resource.id, {})
            known = fields(urn, before[urn].outputs) if urn in before else {}
            declared = fields(urn, stack.program[urn])
            was_seen = resource.id in put
            for name, value in (self.expected[resource.id] | declared).items():
                unseen = name not in declared or known.get(name) == value
                hidden = unseen and real[name] in uncertain.get(name, ())
                excused = (name in drift or hidden) and not (was_seen and name in declared)
                assert excused or real[name] == value, f"{urn}: {name} {real[name]}"
            if was_seen or not (drift or uncertain):
                self.check_state(urn, resource, row)
                self.drift.pop(resource.id, None)
                self.uncertain.pop(resource.id, None)
                self.expected[resource.id] = real

    def check_refreshed(self, stack: Stack) -> None:
        """Check after a refresh without faults: the state equals the live objects."""
        rows = self.rows()
        for urn, resource in stack.state.items():
            self.check_state(urn, resource, rows[resource.id])

    def check_state(self, urn: str, resource: Resource, row: Values) -> None:
        """Check that the outputs in the state equal the API's objects."""
        known = unwrapped(resource.outputs)
        assert fields(urn, known) == fields(urn, row)
        for name, native in (
            ("user_id", "userId"),
            ("created_at", "createdAt"),
            ("updated_at", "updatedAt"),
        ):
            assert known[native if native in known else name] == row[name]
        assert "headers" not in resource.outputs or is_secret(resource.outputs["headers"])

    def resembling(self, text: str) -> set[str]:
        """Return the ids that a message names as perhaps created by a lost request, all unowned."""
        ids = set(_ID.findall(text))
        assert ids
        assert not ids & self.owned().keys(), f"a message names what is owned: {text}"
        return ids

    def named(self, text: str) -> set[str]:
        """Return the ids that a message names; fails when one of them has an owner."""
        ids = set(_ID.findall(text))
        assert len(ids) > 1
        assert ids <= self.unowned().keys(), f"a message names what is owned: {text}"
        return ids


def _explained(rows: list[Any], possible: list[set[Any]]) -> bool:
    """Whether each object can be what a create of its own, with an unknown outcome, made."""
    if not rows:
        return True
    first, *others = rows
    return any(
        first in one and _explained(others, possible[:at] + possible[at + 1 :])
        for at, one in enumerate(possible)
    )


def _type_of_row(row: Values) -> str:
    return "Template" if "body" in row else "Runner"


def _identity(type_: str, row: Values) -> Values:
    return {name: row[name] for name in IDENTITY[type_]}


def _text(values: Values) -> str:
    return json.dumps(values, sort_keys=True)


def _masked(value: Any) -> Any:
    if is_secret(value):
        return "secret"
    if isinstance(value, dict):
        return {key: _masked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return value
