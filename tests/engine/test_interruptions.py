"""Kills and interrupts on the real engine, of both front-ends: the next run converges."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pulumi
import pytest

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state.recorder import Record

from .drive import FRONT_ENDS, Runners, declare
from .harness import Stack
from .operation import (
    Operation,
    check_clean,
    converge,
    interrupt,
    kill_engines,
    kill_providers,
    send,
    unlock,
    wait_until,
)
from .processes import engines

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"
GPU = {
    "name": "GPU",
    "endpoint": ENDPOINT,
    "headers": {"Authorization": "Bearer hidden-header"},
    "tags": ["a", "b"],
}
ONE = {"gpu": GPU}
TAKEN_OVER = "which an interrupted attempt had created for this resource"


@pytest.fixture(params=["dynamic", pytest.param("native", marks=pytest.mark.soak)])
def front_end(request: pytest.FixtureRequest) -> str:
    """The front-end that a test's resources have."""
    return str(request.param)


@pytest.fixture
def stack(stack: Callable[..., Stack], front_end: str) -> MakeStack:
    """Make stacks of runners on the front-end."""

    def make(runners: Runners, **options: Any) -> Stack:
        return stack(declare(runners, front_end), front_end=front_end, **options)

    return make


def many(count: int, **arguments: Any) -> dict[str, dict[str, Any]]:
    """Runners of which each two are equal."""
    return {f"r{number}": GPU | {"name": f"R{number // 2}"} | arguments for number in range(count)}


def posts(emulator: Emulator) -> list[Record]:
    """Requests that create; before the first one in a new folder, the list is looked at."""
    return [request for request in emulator.requests if request.method == "POST"]


def test_a_provider_killed_after_the_post(stack: MakeStack, emulator: Emulator) -> None:
    """The next `up` finds the object of the lost answer, even after a change of the program."""
    names = ("same", "renamed", "fewer", "moved")
    one = stack({name: GPU | {"name": name} for name in names})
    all_have_acted = threading.Barrier(4, lambda: kill_providers(one))
    emulator.fault("call", "POST", times=4, function=all_have_acted.wait)
    one.failure(one.up)
    assert (one.resources(), len(emulator.runners.all())) == ({}, 4)
    then = {
        "same": GPU | {"name": "same"},
        "renamed": GPU | {"name": "Other", "headers": {"Authorization": "Bearer hidden-header-2"}},
        "fewer": {"name": "fewer", "endpoint": ENDPOINT},
        "moved-to-another-resource": GPU | {"name": "moved"},
    }
    converge(one, then, emulator.runners.all)
    [tags] = [row["tags"] for row in emulator.runners.all() if row["name"] == "fewer"]
    assert tags == []
    assert TAKEN_OVER in one.output
    check_clean(one)


def test_an_engine_killed_while_the_answer_is_on_its_way(
    stack: MakeStack, emulator: Emulator
) -> None:
    """The provider gets the answer, ends by itself, and leaves the id to the next `up`."""
    one = stack(ONE)

    def kill_and_answer_late() -> None:
        kill_engines(one)
        time.sleep(0.5)

    emulator.fault("call", "POST", function=kill_and_answer_late)
    with Operation(one, ONE) as operation:
        output = operation.end()
    assert "delete the lock file with `pulumi cancel`" in one.failure(one.up)
    unlock(one)
    converge(one, ONE, emulator.runners.all)
    assert "1 pending operations from previous deployment" in one.output
    assert TAKEN_OVER in one.output
    check_clean(one, output)


@pytest.mark.soak
def test_an_engine_killed_before_it_saved_the_answer(stack: MakeStack, emulator: Emulator) -> None:
    """An engine that is stopped while the provider answers, and then killed, loses nothing."""
    one = stack(ONE)
    emulator.fault("call", "POST", function=lambda: send(engines(one.home), signal.SIGSTOP))
    with Operation(one, ONE) as operation:
        wait_until(lambda: emulator.requests and _ids_on_record(one))
        time.sleep(0.2)  # the answer is on its way to the engine
        kill_engines(one)
        output = operation.end()
    unlock(one)
    converge(one, ONE, emulator.runners.all)
    check_clean(one, output)


def _ids_on_record(stack: Stack) -> list[Any]:
    """The ids in the provider's journal."""
    file = stack.home / "state" / "journal" / "creates.sqlite3"
    with closing(sqlite3.connect(file)) as rows:
        return rows.execute("SELECT 1 FROM create_attempt WHERE object_id IS NOT NULL").fetchall()


@pytest.mark.soak
def test_an_engine_killed_between_post_and_put(stack: MakeStack, emulator: Emulator) -> None:
    """A runner whose follow-up was under way is taken over and finished."""
    runners = {"gpu": GPU | {"status": "disabled"}}
    one = stack(runners)
    emulator.fault("call", "PUT", function=lambda: kill_engines(one))
    with Operation(one, runners) as operation:
        output = operation.end()
    unlock(one)
    converge(one, runners, emulator.runners.all)
    check_clean(one, output)


@pytest.mark.soak
def test_an_engine_killed_in_the_middle_of_many_creates(
    stack: MakeStack, emulator: Emulator
) -> None:
    """Each object exists once, whether its create was saved, answered, under way or not begun."""
    runners = many(20)
    one = stack(runners)
    emulator.settings.change({"latency": 0.05})
    emulator.fault("call", "POST", skip=9, function=lambda: kill_engines(one))
    with Operation(one, runners) as operation:
        output = operation.end()
    assert 0 < len(emulator.runners.all()) < 20
    unlock(one)
    converge(one, runners, emulator.runners.all)
    check_clean(one, output)


@pytest.mark.soak
def test_ctrl_c_during_a_cool_down(stack: MakeStack, emulator: Emulator) -> None:
    """The engine waits for calls under way, saves their results, and begins nothing new.

    The plugin, which Pulumi tells of it, ends the wait; a dynamic provider hears nothing.
    """
    runners = many(20)
    one = stack(runners)
    emulator.fault("status", "POST", status=429, message="Too many requests")
    with Operation(one, runners) as operation:
        wait_until(lambda: posts(emulator))
        time.sleep(0.3)
        interrupt(one)
        start = time.monotonic()
        output = operation.end()
    took = time.monotonic() - start
    if one.front_end == "native":
        assert took < 8
        assert "the deployment was interrupted" in output
    else:
        assert 5 < took < 40  # the cool-down takes ten
        assert "update canceled" in output
        assert one.resources()
    assert len(one.resources()) == len(emulator.runners.all())
    converge(one, runners, emulator.runners.all)
    check_clean(one, output)


@pytest.mark.parametrize("front_end", ["dynamic"])  # the plugin has ended the wait by then
def test_ctrl_c_twice_during_a_cool_down(stack: MakeStack, emulator: Emulator) -> None:
    """The engine ends at once, its provider within seconds, and nothing more is sent."""
    one = stack(ONE)
    emulator.fault("status", "POST", status=429, message="Too many requests")
    with Operation(one, ONE) as operation:
        wait_until(lambda: posts(emulator))
        start = time.monotonic()
        interrupt(one)
        time.sleep(0.3)
        interrupt(one)
        output = operation.end()
    assert time.monotonic() - start < 10
    assert "terminating" in output
    assert len(posts(emulator)) == 1
    shutil.rmtree(one.home / "state" / "quota")  # as if the cool-down were over
    converge(one, ONE, emulator.runners.all)
    check_clean(one, output)


@pytest.mark.soak
def test_ctrl_c_twice_while_the_answer_is_on_its_way(stack: MakeStack, emulator: Emulator) -> None:
    """An answer that comes when the engine no longer listens is left to the next `up`."""
    one = stack(ONE)
    emulator.fault("delay_after", "POST", delay=1.5)
    with Operation(one, ONE) as operation:
        wait_until(lambda: posts(emulator))
        interrupt(one)
        time.sleep(0.3)
        interrupt(one)
        output = operation.end()
    assert (one.resources(), len(emulator.runners.all())) == ({}, 1)
    converge(one, ONE, emulator.runners.all)
    assert TAKEN_OVER in one.output
    check_clean(one, output)


@pytest.mark.soak
def test_two_stacks_of_equal_runners_with_lost_answers(
    stack: MakeStack, emulator: Emulator
) -> None:
    """Two engines at the same time never own one object together."""
    runners = many(3, name="GPU")
    stacks = [stack(runners, name=name) for name in ("blue", "green")]
    emulator.fault("drop_after", "POST", skip=1, times=2)
    emulator.fault("drop_before", "POST", skip=1, times=1)
    with Operation(stacks[0], runners) as first, Operation(stacks[1], runners) as second:
        outputs = [first.end(), second.end()]
    assert sum(request.fault is not None for request in emulator.requests) == 3
    owned = []
    for one in stacks:
        one.up()
        one.preview(expect_no_changes=True)
        check_clean(one, *outputs)
        owned += [resource["id"] for resource in one.resources().values()]
    assert sorted(owned) == sorted(row["id"] for row in emulator.runners.all())
    assert len(owned) == 2 * len(runners)


def test_a_create_that_a_hook_tries_again(
    stack: MakeStack, emulator: Emulator, front_end: str
) -> None:
    """An error hook that has the engine call `create` once more makes no second runner."""
    disabled = GPU | {"status": "disabled"}

    def run() -> None:
        again = pulumi.ErrorHook("again", lambda _args: True)
        hooks = pulumi.ResourceHookBinding(on_error=[again])
        FRONT_ENDS[front_end].Runner("gpu", **disabled, opts=pulumi.ResourceOptions(hooks=hooks))

    emulator.fault("status", "PUT", status=403, message="not now")
    one = stack({})
    one.run(run)
    one.up()
    assert len(emulator.runners.all()) == 1
    converge(one, {"gpu": disabled}, emulator.runners.all)
    check_clean(one)


@pytest.mark.soak
def test_a_runner_that_was_taken_out_of_the_state_is_named(
    stack: MakeStack, emulator: Emulator
) -> None:
    """After `pulumi state delete`, another runner is made, and the one left behind is named."""
    one = stack(ONE)
    one.up()
    [left] = emulator.runners.all()
    one.automation._run_pulumi_cmd_sync(["state", "delete", one.resources()["gpu"]["urn"], "--yes"])
    converge(one, ONE, lambda: [row for row in emulator.runners.all() if row["id"] != left["id"]])
    assert f"An earlier run created runner {left['id']} for this resource" in one.output
    check_clean(one)


def interrupt_twice(stack: Stack) -> None:
    """Interrupt the engine, and again while it waits for its provider."""
    interrupt(stack)
    time.sleep(0.3)
    interrupt(stack)


@pytest.mark.soak
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("end", [kill_providers, kill_engines, interrupt, interrupt_twice])
def test_an_end_in_the_middle_of_updates_and_deletions(
    stack: MakeStack, emulator: Emulator, method: str, end: Callable[[Stack], None]
) -> None:
    """Of three, the second has acted, and its answer comes half a second after the kill."""
    runners, changed = many(3), many(3, tags=["changed"])
    one = stack(runners)
    one.up()

    ended = threading.Event()

    def end_and_answer_late() -> None:
        end(one)
        ended.set()
        time.sleep(0.5)

    emulator.fault("call", method, skip=1, function=end_and_answer_late)
    one.run(declare(changed, one.front_end))
    with Operation(one, changed, {"PUT": "up", "DELETE": "destroy"}[method]) as operation:
        output = operation.end()
    assert ended.is_set()
    if end is kill_engines:
        unlock(one)
    if method == "PUT":
        converge(one, changed, emulator.runners.all)
    else:
        one.destroy()
        assert (one.resources(), emulator.runners.all()) == ({}, [])
    check_clean(one, output)
