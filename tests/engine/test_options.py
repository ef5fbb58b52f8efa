"""Pulumi's options for resources, each with the effect that its documentation promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from pulumi_comfycontrol import Runner
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.native import Runner as NativeRunner

from .harness import Stack, secret_text

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"


def program(resource: str = "gpu", name: str = "GPU", **options: Any) -> Callable[[], None]:
    """A program of one runner with options."""

    def run() -> None:
        Runner(resource, name=name, endpoint=ENDPOINT, opts=pulumi.ResourceOptions(**options))

    return run


def nothing() -> None:
    """A program without resources."""


def test_protect_and_retain_on_delete(stack: MakeStack, emulator: Emulator) -> None:
    """A protected runner can't be removed; a retained one leaves the state, but stays."""
    one = stack(program(protect=True))
    one.up()
    one.run(nothing)
    assert "protect" in one.failure(one.up)
    one.run(program(retain_on_delete=True))
    one.up()
    one.run(nothing)
    assert one.up() == {"delete": 1}
    assert len(emulator.runners.all()) == 1


def test_replacements_in_both_orders(stack: MakeStack, emulator: Emulator) -> None:
    """The new runner comes first, or with `delete_before_replace` the old one goes first."""
    one = stack(program())
    one.up()
    for options, methods in (({}, ["POST", "DELETE"]), ({"delete_before_replace": True}, None)):
        name = f"GPU {len(options)}"
        one.run(program(name=name, replace_on_changes=["name"], **options))
        emulator.clear_requests()
        one.up()
        sent = [request.method for request in emulator.requests if request.method != "GET"]
        assert sent == (methods or ["DELETE", "POST"])
        assert [runner["name"] for runner in emulator.runners.all()] == [name]


def test_aliases_and_transforms(stack: MakeStack, emulator: Emulator) -> None:
    """A renamed resource keeps its runner; a transform changes what every runner gets."""
    one = stack(program())
    one.up()
    [before] = emulator.runners.all()
    emulator.clear_requests()

    def tagged(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**given.props, "tags": ["team-a"]}, given.opts)

    alias = pulumi.Alias(name="gpu")
    one.run(program("renamed", aliases=[alias], transforms=[tagged]))
    one.up()
    [after] = emulator.runners.all()
    assert after["id"] == before["id"]
    assert after["tags"] == ["team-a"]
    assert [request.method for request in emulator.requests] == ["PUT"]


@pytest.mark.parametrize("front_end", ["dynamic", "native"])
def test_a_rename_is_not_taken_for_a_second_resource(
    stack: MakeStack, emulator: Emulator, front_end: str
) -> None:
    """With a refresh, a replacement or both in the same `up`, each name has the one runner."""
    kind = Runner if front_end == "dynamic" else NativeRunner

    def renamed(resource: str, name: str, former: str) -> Callable[[], None]:
        options = pulumi.ResourceOptions(
            aliases=[pulumi.Alias(name=former)] if former else None, replace_on_changes=["name"]
        )
        return lambda: kind(resource, name=name, endpoint=ENDPOINT, opts=options) and None

    one = stack(renamed("a", "GPU", ""), front_end=front_end)
    one.up()
    [first] = emulator.runners.all()
    one.run(renamed("b", "GPU", "a"))
    assert one.up(refresh=True) == {}
    assert emulator.runners.all() == [first]
    one.run(renamed("c", "GPU 2", "b"))
    assert one.up() == {"replace": 1}
    one.run(renamed("d", "GPU 3", "c"))
    assert one.up(refresh=True) == {"replace": 1}
    [last] = emulator.runners.all()
    assert last["name"] == "GPU 3"
    assert one.resources()["d"]["id"] == last["id"]
    assert "manage" not in one.output


def test_depends_on_orders_creation_and_deletion(stack: MakeStack, emulator: Emulator) -> None:
    """Resources are created in the order of depends_on, and deleted in the reverse one."""

    def chain() -> None:
        previous: list[pulumi.Resource] = []
        for number in range(3):
            options = pulumi.ResourceOptions(depends_on=previous)
            previous = [Runner(f"r{number}", name=f"R{number}", endpoint=ENDPOINT, opts=options)]

    one = stack(chain)
    one.up()
    posts = [request.body["name"] for request in emulator.requests if request.method == "POST"]
    assert posts == ["R0", "R1", "R2"]
    ids = {f"/v1/runner/{runner['id']}": runner["name"] for runner in emulator.runners.all()}
    emulator.clear_requests()
    one.destroy()
    gone = [ids[request.path] for request in emulator.requests if request.method == "DELETE"]
    assert gone == ["R2", "R1", "R0"]


def test_ignored_changes_are_neither_made_nor_repaired(
    stack: MakeStack, emulator: Emulator
) -> None:
    """Also when the change came from outside and `refresh` has seen it."""
    one = stack(program())
    one.up()
    ignoring = program(name="Other", ignore_changes=["name"])
    one.run(ignoring)
    assert one.preview(expect_no_changes=True) == {}
    emulator.runners.edit(emulator.runners.all()[0]["id"], name="Edited")
    assert one.refresh() == {"update": 1}
    assert one.up() == {}
    assert emulator.runners.all()[0]["name"] == "Edited"


@pytest.mark.soak
def test_a_transform_for_all(stack: MakeStack, emulator: Emulator) -> None:
    """A stack's transformation reaches the runners of components too."""

    def tagged(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if given.type_ != "pulumi-python:dynamic/comfycontrol:Runner":
            return None
        return pulumi.ResourceTransformResult({**given.props, "tags": ["team-a"]}, given.opts)

    def run() -> None:
        pulumi.runtime.register_resource_transform(tagged)
        program("outside")()
        Pool("pool")

    one = stack(run)
    one.up()
    assert [runner["tags"] for runner in emulator.runners.all()] == [["team-a"], ["team-a"]]
    assert one.preview(expect_no_changes=True) == {}


@pytest.mark.soak
def test_parallel_one_and_target(stack: MakeStack, emulator: Emulator) -> None:
    """A part of the stack can be changed alone, and one at a time."""

    def two(suffix: str) -> Callable[[], None]:
        def run() -> None:
            for number in range(2):
                Runner(f"r{number}", name=f"R{number}{suffix}", endpoint=ENDPOINT)

        return run

    one = stack(two(""))
    one.up(parallel=1)
    one.run(two(" new"))
    urn = one.resources()["r1"]["urn"]
    one.up(target=[urn])
    assert {runner["name"] for runner in emulator.runners.all()} == {"R0", "R1 new"}


class Pool(pulumi.ComponentResource):
    """A component with one runner."""

    def __init__(self, name: str, kind: str = "Pool", **options: Any) -> None:
        super().__init__(f"test:index:{kind}", name, None, pulumi.ResourceOptions(**options))
        program(parent=self)()


@pytest.mark.soak
def test_a_parent_may_be_given_renamed_and_retyped(stack: MakeStack, emulator: Emulator) -> None:
    """With an alias on what has changed, the runner below it stays."""
    one = stack(program())
    one.up()
    [before] = emulator.runners.all()
    emulator.clear_requests()
    moved = pulumi.Alias(parent=None)

    def into_a_component() -> None:
        program(aliases=[moved], parent=pulumi.ComponentResource("test:index:Pool", "pool"))()

    one.run(into_a_component)
    one.up()
    one.run(lambda: Pool("lake", aliases=[pulumi.Alias(name="pool")]) and None)
    one.up()
    one.run(lambda: Pool("lake", "Lake", aliases=[pulumi.Alias(type_="test:index:Pool")]) and None)
    one.up()
    assert emulator.runners.all() == [before]
    assert emulator.requests == []
    assert "test:index:Lake$pulumi-python:dynamic/" in one.resources()["gpu"]["urn"]
    one.run(lambda: Pool("lake", "Lake", protect=True) and None)
    one.up()
    assert "protect" in one.failure(one.destroy)


@pytest.mark.soak
def test_deleted_with_leaves_the_runner_behind(stack: MakeStack, emulator: Emulator) -> None:
    """No DELETE is sent for it, and the API deletes nothing on its own."""

    def pair() -> None:
        first = Runner("first", name="First", endpoint=ENDPOINT)
        program(deleted_with=first)()

    one = stack(pair)
    one.up()
    assert one.destroy() == {"delete": 3}
    assert [runner["name"] for runner in emulator.runners.all()] == ["GPU"]


@pytest.mark.soak
def test_custom_timeouts_are_kept_and_have_no_effect(stack: MakeStack, emulator: Emulator) -> None:
    """How long an operation may take is said by COMFYCONTROL_OPERATION_TIMEOUT."""
    emulator.settings.change({"latency": 1.5})
    one = stack(program(custom_timeouts=pulumi.CustomTimeouts(create="1s", delete="1s")))
    one.up()
    assert one.resources()["gpu"]["customTimeouts"]["create"] == 1
    assert one.destroy() == {"delete": 2}


@pytest.mark.soak
def test_additional_secret_outputs(stack: MakeStack, emulator: Emulator) -> None:
    """An output is hidden; the argument of the same name is not, unless it is a secret itself."""
    one = stack(program(additional_secret_outputs=["endpoint"]))
    one.up()
    gpu = one.resources(decrypted=True)["gpu"]
    assert secret_text(gpu["outputs"]["endpoint"]) == ENDPOINT
    assert gpu["inputs"]["endpoint"] == ENDPOINT
    assert one.preview(expect_no_changes=True) == {}

    def hidden() -> None:
        Runner("gpu", name="GPU", endpoint=pulumi.Output.secret(ENDPOINT))

    one.run(hidden)
    one.up()
    assert ENDPOINT not in one.state_text()


@pytest.mark.soak
def test_hooks_are_called_around_each_step(stack: MakeStack, emulator: Emulator) -> None:
    """With the id and the outputs, once the runner is there; a hook that fails stops the step."""
    seen: list[tuple[str, Any]] = []

    def note(args: pulumi.ResourceHookArgs) -> None:
        seen.append((args.id, args.new_outputs and args.new_outputs["status"]))
        if args.name == "refused":
            raise ValueError("not today")

    def run(resource: str) -> Callable[[], None]:
        def hooked() -> None:
            hook = pulumi.ResourceHook("note", note)
            kind = "before_create" if resource == "refused" else "after_create"
            program(resource, hooks=pulumi.ResourceHookBinding(**{kind: [hook]}))()

        return hooked

    one = stack(run("gpu"))
    one.up()
    assert seen == [(emulator.runners.all()[0]["id"], "active")]
    one.run(run("refused"))
    assert "not today" in one.failure(one.up)
    assert [request.method for request in emulator.requests].count("POST") == 1


@pytest.mark.soak
def test_hooks_of_a_delete_need_the_program(stack: MakeStack, emulator: Emulator) -> None:
    """`destroy` does not run it by itself, and then deletes nothing."""
    seen: list[str] = []

    def run() -> None:
        hook = pulumi.ResourceHook("note", lambda args: seen.append(args.name))
        program(hooks=pulumi.ResourceHookBinding(before_delete=[hook]))()

    one = stack(run)
    one.up()
    assert "--run-program" in one.failure(one.destroy)
    assert len(emulator.runners.all()) == 1
    one.destroy(run_program=True)
    assert seen == ["gpu"]
    assert emulator.runners.all() == []


@pytest.mark.soak
def test_replacements_that_are_asked_for(stack: MakeStack, emulator: Emulator) -> None:
    """By a value that changes, and together with another resource."""

    def pair(version: int) -> Callable[[], None]:
        def run() -> None:
            first = Runner(
                "first",
                name="First",
                endpoint=ENDPOINT,
                opts=pulumi.ResourceOptions(replacement_trigger=version),
            )
            program(replace_with=[first])()

        return run

    one = stack(pair(1))
    one.up()
    before = {runner["id"] for runner in emulator.runners.all()}
    assert one.preview(expect_no_changes=True) == {}
    one.run(pair(2))
    one.up()
    after = {runner["id"] for runner in emulator.runners.all()}
    assert len(after) == 2
    assert not before & after


def test_hidden_diffs(stack: MakeStack, emulator: Emulator) -> None:
    """A change is made, and its property is not shown."""
    one = stack(program())
    one.up()
    one.run(program(name="Other", hide_diffs=["name"]))
    one.output = ""
    assert one.up(diff=True) == {"update": 1}
    assert "Other" not in one.output
    assert emulator.runners.all()[0]["name"] == "Other"
