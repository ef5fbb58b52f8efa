"""The small engine of tests/provider behaves as Pulumi's own, so that its tests are valid."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from pulumi_comfycontrol import Runner
from pulumi_comfycontrol.emulator import Emulator
from tests.provider.engine import Engine, is_secret
from tests.provider.engine import Stack as SmallStack
from tests.provider.model import URN, inputs
from tests.provider.processes import RealComputer

from .harness import Stack

ENDPOINT = "http://one:8188"
A = {"name": "A", "endpoint": ENDPOINT, "headers": {"X-Key": "hidden-one"}, "tags": ["a"]}
B = {"name": "B", "endpoint": ENDPOINT, "status": "disabled"}
CHANGED = {"name": "A", "endpoint": "http://two:8188", "headers": {"X-Key": "hidden-two"}}
Programs = Mapping[str, Mapping[str, Any]]


def _interfere(emulator: Emulator) -> None:
    a, b = sorted(emulator.runners.all(), key=lambda row: row["name"])
    emulator.runners.edit(a["id"], name="Edited", tags=["theirs"])
    emulator.runners.delete(b["id"])


#: The steps in their order: an action, the program, and the event before it.
STORY: list[tuple[str, Programs, Callable[[Emulator], Any]]] = [
    ("up", {"a": A, "b": B}, lambda emulator: emulator.fault("status", "PUT", status=403)),
    ("up", {"a": A, "b": B}, lambda emulator: None),
    ("up", {"a": A, "b": B}, lambda emulator: None),
    ("up", {"a": CHANGED, "b": B}, lambda emulator: None),
    ("refresh", {"a": CHANGED, "b": B}, _interfere),
    ("up", {"a": CHANGED, "b": B}, lambda emulator: None),
    ("up", {"b": B}, lambda emulator: emulator.fault("status", "DELETE", status=403)),
    ("up", {"b": B}, lambda emulator: None),
    ("destroy", {"b": B}, lambda emulator: None),
]


@pytest.mark.soak
def test_it_sends_the_same_and_keeps_the_same(
    stack: Callable[..., Stack], emulator: Emulator, tmp_path: Path
) -> None:
    """After each step of a story, requests, success and the state are equal."""
    for number, (real, small) in enumerate(
        zip(_real(stack, emulator), _small(tmp_path), strict=True)
    ):
        assert small == real, f"step {number + 1}"


def _real(stack: Callable[..., Stack], emulator: Emulator) -> Any:
    one = stack(lambda: None)
    for action, program, happen in STORY:
        happen(emulator)
        one.run(lambda program=program: _declare(program))  # type: ignore[misc]
        emulator.clear_requests()
        operation = getattr(one, action)
        done = one.succeeds(operation)
        state = {
            name: (resource["inputs"], resource["outputs"], bool(resource.get("initErrors")))
            for name, resource in one.resources().items()
        }
        yield done, _requests(action, emulator), _comparable(state)


def _declare(program: Programs) -> None:
    before: list[Runner] = []
    for name, arguments in program.items():
        options = pulumi.ResourceOptions(depends_on=list(before))  # one after the other
        before.append(Runner(name, **arguments, opts=options))


def _small(folder: Path) -> Any:
    computer = RealComputer(folder, 0, 0.0, {})
    computer.start()
    one, emulator = SmallStack(), computer.emulator
    try:
        for action, program, happen in STORY:
            happen(emulator)
            urns = {name: URN.format("dev", "Runner", name) for name in program}
            one.program = {urns[name]: inputs(urns[name], program[name]) for name in program}
            emulator.clear_requests()
            host = computer.host()
            engine = Engine(one, host, ordered=True)
            computer.at_once([getattr(engine, action)])
            host.close()
            state = {
                urn.rpartition("::")[2]: (resource.inputs, resource.outputs, resource.unfinished)
                for urn, resource in one.state.items()
            }
            yield engine.is_clean, _requests(action, emulator), _comparable(state)
    finally:
        computer.close()


def _requests(action: str, emulator: Emulator) -> list[Any]:
    """The methods and paths of all requests, without ids.

    A refresh reads everything at the same time, and which requests it needs depends on what comes
    first: only that it writes nothing can be compared.
    """
    sent = [
        (request.method, request.path.split("/")[2:3], len(request.path.split("/")), request.body)
        for request in emulator.requests
    ]
    return (
        sorted({request.method for request in emulator.requests}) if action == "refresh" else sent
    )


def _comparable(value: Any) -> Any:
    """Properties without what differs from run to run."""
    if is_secret(value):
        return "secret"
    if isinstance(value, dict):
        return {key: _comparable(one) for key, one in value.items() if value is not None}
    if isinstance(value, list | tuple):
        return [_comparable(one) for one in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z|[0-9a-f-]{36}", value):
        return "varies"
    return value
