"""Pulumi's options for resources, each with the effect that its documentation promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi

from pulumi_comfycontrol import Runner
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

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
    assert len(emulator.runners()) == 1


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
        assert [runner["name"] for runner in emulator.runners()] == [name]


def test_aliases_and_transforms(stack: MakeStack, emulator: Emulator) -> None:
    """A renamed resource keeps its runner; a transform changes what every runner gets."""
    one = stack(program())
    one.up()
    [before] = emulator.runners()
    emulator.clear_requests()

    def tagged(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**given.props, "tags": ["team-a"]}, given.opts)

    alias = pulumi.Alias(name="gpu")
    one.run(program("renamed", aliases=[alias], transforms=[tagged]))
    one.up()
    [after] = emulator.runners()
    assert after["id"] == before["id"]
    assert after["tags"] == ["team-a"]
    assert [request.method for request in emulator.requests] == ["PUT"]


def test_depends_on_orders_creation_and_deletion(stack: MakeStack, emulator: Emulator) -> None:
    """One after the other, and back."""

    def chain() -> None:
        previous: list[pulumi.Resource] = []
        for number in range(3):
            options = pulumi.ResourceOptions(depends_on=previous)
            previous = [Runner(f"r{number}", name=f"R{number}", endpoint=ENDPOINT, opts=options)]

    one = stack(chain)
    one.up()
    posts = [request.body["name"] for request in emulator.requests if request.method == "POST"]
    assert posts == ["R0", "R1", "R2"]
    ids = {f"/v1/runner/{runner['id']}": runner["name"] for runner in emulator.runners()}
    emulator.clear_requests()
    one.destroy()
    gone = [ids[request.path] for request in emulator.requests if request.method == "DELETE"]
    assert gone == ["R2", "R1", "R0"]


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
    assert {runner["name"] for runner in emulator.runners()} == {"R0", "R1 new"}
