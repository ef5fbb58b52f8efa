"""The life of a runner and a template at one variant of the API, stage by stage."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_comfycontrol.core.types import KINDS
from tests.fakes import has_advice

from .doors import Door, Program

#: Text that must not be in any message.
HIDDEN = "hidden-value"
_TRIES = 3
#: Seconds from a failed command to the next one.
_NEXT = 5.0
#: Seconds after which nothing counts as new.
_LATER = 60.0

FIRST: Program = {
    "runner": {
        # A decomposed letter and a space at the end.
        "name": "Grafikkarte fu\u0308r Bilder ",
        "endpoint": "http://GPU.example.com/a/../comfy/",
        "headers": {"Authorization": f"Bearer {HIDDEN}-1", "X-Team": f"{HIDDEN}-2"},
        "tags": ["Render", "fast"],
        "status": "active",
    },
    "template": {
        "name": "Portra\u0308t ",
        "description": "Ein Bild ",
        "body": json.dumps({"6": {"inputs": {"seed": 12345678901234567891, "cfg": 7.5}}}),
    },
}
SECOND: Program = {
    "runner": {
        **FIRST["runner"],
        "name": "Zweite Karte ",
        "endpoint": "http://GPU.example.com/b/../comfy2/",
        "headers": {"Authorization": f"Bearer {HIDDEN}-3"},
        "tags": ["Render", "Slow"],
    },
    "template": {
        **FIRST["template"],
        "description": "Ein anderes Bild ",
        "body": json.dumps({"6": {"inputs": {"seed": 98765432109876543211, "cfg": 7.5}}}),
    },
}
THIRD: Program = {
    "runner": {name: SECOND["runner"][name] for name in ("name", "endpoint")},
    "template": SECOND["template"],
}


class Life:
    """Plays all stages; ``refusals`` are the messages of stages that needed help, by stage."""

    def __init__(self, door: Door, *, lossy: bool) -> None:
        self._door = door
        self._lossy = lossy
        self._emulator = door.emulator
        self.refusals: dict[str, str] = {}

    def play(self) -> dict[str, str]:
        """Raise AssertionError where a promise is broken; returns ``refusals``."""
        self._change("create", "POST", FIRST)
        self._drift()
        self._change("update", "PUT", SECOND)
        self._change("unset", "PUT", THIRD)
        self._gone()
        self._destroy()
        return self.refusals

    def _change(self, stage: str, method: str, program: Program) -> None:
        self._lose(method)
        repair = self._remove_surplus if stage == "create" else lambda: self._repair(program)
        self._until_done(stage, lambda: self._door.up(program), repair)
        self._check(program)
        self._door.sleep(_LATER)

    def _drift(self) -> None:
        """A change in the dashboard is seen by a refresh, and repaired."""
        for kind, id_ in self._door.ids().items():
            self._collection(kind).edit(id_, name="Drifted")
        assert self._door.refresh() == []
        assert len(self._door.plan(FIRST)) == len(FIRST), "drift was not seen"
        assert self._door.up(FIRST) == []
        self._check(FIRST)

    def _gone(self) -> None:
        """Check that an object deleted in the dashboard leaves the state, and is created again."""
        self._collection("template").delete(self._door.ids()["template"])

        def recreate() -> list[str]:
            return self._door.refresh() or self._door.up(THIRD)

        self._lose("GET")
        if self._until_done("gone", recreate, lambda: None):
            self._check(THIRD)
        self._door.sleep(_LATER)

    def _destroy(self) -> None:
        self._lose("DELETE")

        def remove() -> None:
            for kind, id_ in self._door.ids().items():
                if id_ in self._rows(kind):
                    self._collection(kind).delete(id_)
            self._door.sleep(_LATER)

        is_done = self._until_done("destroy", self._door.destroy, remove)
        assert is_done or "gone" in self.refusals or self.refusals["destroy"]
        assert not is_done or self._door.ids() == {}
        self._door.sleep(_LATER)
        # The values that the API has kept are in the state, so that nothing is lost.
        for kind in KINDS:
            assert self._rows(kind).keys() <= set(self._door.ids().values())

    def _until_done(
        self, stage: str, act: Callable[[], list[str]], follow_advice: Callable[[], None]
    ) -> bool:
        """Try again as a user does; then do as the message says. Returns whether it ended well."""
        for _ in range(_TRIES):
            failures = act()
            self._check_always(failures)
            if not failures:
                return True
            self._door.sleep(_NEXT)
        self.refusals[stage] = " ".join(failures)
        self._emulator.clear_faults()
        follow_advice()
        failures = act()
        self._check_always(failures)
        return not failures

    def _remove_surplus(self) -> None:
        """Delete in the dashboard what no state has, as the refusal of a create advises."""
        for kind in KINDS:
            for id_ in self._rows(kind).keys() - set(self._door.ids().values()):
                assert id_ in self.refusals["create"], "an object that no message names"
                self._collection(kind).delete(id_)

    def _repair(self, program: Program) -> None:
        """Make the change in the dashboard, as a refusal of an update advises."""
        for kind, id_ in self._door.ids().items():
            values = KINDS[kind].complete(program[kind])
            known = {name: value for name, value in values.items() if value is not None}
            self._collection(kind).edit(id_, **known)

    def _check(self, program: Program) -> None:
        """Check that no change is left, and that the live objects equal the program."""
        assert self._door.ids().keys() == program.keys()
        for kind, id_ in self._door.ids().items():
            row = self._rows(kind)[id_]
            for name, value in KINDS[kind].complete(program[kind]).items():
                self._check_field(kind, name, value, row[name])
        self._door.sleep(_LATER)
        self._emulator.clear_requests()
        assert self._door.plan(program) == [], "a second preview is not empty"
        assert self._door.up(program) == []
        assert self._emulator.requests == [], "an up without a change sends requests"
        assert self._door.refresh() == []
        assert self._door.plan(program) == [], "a refresh is not silent"

    def _check_field(self, kind: str, name: str, value: Any, real: Any) -> None:
        field = KINDS[kind].fields[name]
        real = json.dumps(json.loads(real)) if name == "body" else real
        assert KINDS[kind].same(name, value, real) or field.resembles(value, real), (name, real)
        if name == "headers":
            assert real == value, "headers differ"
        if name == "tags":
            assert len(real) <= len(value) + (self._emulator.settings.tags == "added"), real

    def _check_always(self, failures: list[str]) -> None:
        """No object is there twice, and no message is more than a sentence or shows a secret."""
        for kind in KINDS:
            assert len(self._rows(kind)) <= 1, f"two {kind}s"
        for text in failures:
            assert not re.search(rf"Traceback|cfc_|{HIDDEN}", text), text
            assert has_advice(text), text

    def _lose(self, method: str) -> None:
        """Let the next answer to ``method`` get lost, of each kind, after acting."""
        if self._lossy:
            for path in ("/v1/runner*", "/v1/template*"):
                self._emulator.fault("drop_after", method, path)

    def _collection(self, kind: str) -> Any:
        return getattr(self._emulator, KINDS[kind].plural)

    def _rows(self, kind: str) -> Mapping[str, dict[str, Any]]:
        return {str(row["id"]): row for row in self._collection(kind).all()}
