"""A killed run, and the next run on a machine that has only the state backend."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .drive import declare
from .harness import Stack
from .operation import (
    Operation,
    check_clean,
    converge,
    kill_engines,
    kill_providers,
    unlock,
)

MakeStack = Callable[..., Stack]
RUNNERS: dict[str, dict[str, Any]] = {
    f"r{number:02}": {
        "name": f"R{number}",
        "endpoint": f"https://r{number}.example.com",
        "headers": {"Authorization": "Bearer hidden-header"},
        "tags": ["a", "b"],
    }
    for number in range(20)
}


@pytest.fixture
def killed(stack: MakeStack, emulator: Emulator) -> Callable[..., Stack]:
    """Kill CLI and provider at the n-th of 20 creates, right after it acted; lose the folder."""

    def run(at: int, **environment: str) -> Stack:
        # Another machine knows nothing of this one's requests.
        emulator.settings.change({"rate_limit": False, "latency": 0.05})
        one = stack(declare(RUNNERS), COMFYCONTROL_QUOTA="10000/10", **environment)

        def kill() -> None:
            kill_engines(one)
            kill_providers(one)

        emulator.fault("call", "POST", skip=at - 1, function=kill)
        with Operation(one, RUNNERS) as operation:
            check_clean(one, operation.end())
        emulator.clear_faults()
        shutil.rmtree(one.home / "state")
        unlock(one)
        return one

    return run


@pytest.mark.soak
@pytest.mark.parametrize("at", [1, 20])
def test_with_if_exists_adopt_each_is_there_once(
    killed: Callable[..., Stack], emulator: Emulator, at: int
) -> None:
    """The next `up` finds the unrecorded objects by name and endpoint."""
    one = killed(at, COMFYCONTROL_IF_EXISTS="adopt")
    assert at <= len(emulator.runners.all())
    converge(one, RUNNERS, emulator.runners.all)
    assert len(emulator.runners.all()) == 20
    assert "which has this resource's name and endpoint" in one.output
    check_clean(one)


@pytest.mark.parametrize("at", [10])
def test_with_a_store_each_is_there_once(
    killed: Callable[..., Stack], emulator: Emulator, store_url: str, at: int
) -> None:
    """The next `up` finds the killed run's attempts in the store."""
    one = killed(at, COMFYCONTROL_STORE=store_url)
    converge(one, RUNNERS, emulator.runners.all)
    assert len(emulator.runners.all()) == 20
    assert "which an interrupted attempt had created for this resource" in one.output
    check_clean(one)


@pytest.mark.soak
def test_with_if_exists_fail_nothing_is_made_twice(
    killed: Callable[..., Stack], emulator: Emulator
) -> None:
    """The next `up` stops, and names the object's id and the line that adopts it."""
    one = killed(10, COMFYCONTROL_IF_EXISTS="fail")
    saved = {resource["id"] for resource in one.resources().values()}
    left = {row["id"] for row in emulator.runners.all()} - saved
    named = set(re.findall(r'ResourceOptions\(import_="(.+?)"\)', one.failure(one.up)))
    assert named  # not each: the engine begins no other create after a failure
    assert named <= left
    assert len({row["name"] for row in emulator.runners.all()}) == len(emulator.runners.all())
    check_clean(one)


@pytest.mark.soak
def test_without_either_each_duplicate_is_named(
    killed: Callable[..., Stack], emulator: Emulator
) -> None:
    """One list page shows the killed run's objects; the warning has the three ways out."""
    one = killed(10)
    saved = {resource["id"] for resource in one.resources().values()}
    left = {row["id"] for row in emulator.runners.all()} - saved
    emulator.clear_requests()
    one.up()
    assert [request.method for request in emulator.requests].count("GET") == 1
    assert left
    for id_ in left:
        assert f"Runner {id_} equals this resource" in one.output
    assert len(emulator.runners.all()) == 20 + len(left)
    one.preview(expect_no_changes=True)
    check_clean(one)
