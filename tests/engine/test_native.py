"""Stacks of the dynamic types that move over to the native ones, on the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from pulumi import automation as auto

import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

RECORDED = Path(__file__).parents[1] / "recorded"
RUNNERS, TEMPLATES = 10, 2
FIELDS = ("name", "endpoint", "headers", "tags", "status", "description", "body",
          "created_at", "updated_at")  # fmt: skip
HEADERS = {"Authorization": "Bearer recorded-header"}


def program(package: Any) -> Callable[[], None]:
    """Ten runners and two templates, as classes of a package declare them."""

    def declare() -> None:
        for number in range(RUNNERS):
            runner = package.Runner(
                f"runner-{number}",
                name="GPU",
                endpoint="https://comfy.example.com",
                headers=HEADERS,
                tags=["a", "b"],
                status="disabled",
            )
        for number in range(TEMPLATES):
            package.Template(
                f"template-{number}",
                name="Portrait",
                description="A face",
                body={
                    "6": {
                        "class_type": "Sampler",
                        "inputs": {"seed": 1152921504606846977, "text": "$text(prompt)"},
                    }
                },
            )
        pulumi.export("user", runner.user_id)

    return declare


def recorded(name: str, emulator: Emulator, number: int) -> dict[str, Any]:
    """A resource as version 0.1.0 left it in the state, and its object at the emulator."""
    resource: dict[str, Any] = json.loads((RECORDED / f"0.1.0-{name}.json").read_text())
    label = "template" if name == "template" else "runner"
    objects = emulator.templates if label == "template" else emulator.runners
    row = objects.seed(
        **{name: resource["outputs"][name] for name in FIELDS if name in resource["outputs"]}
    )
    resource["outputs"]["user_id"] = row["user_id"]
    resource["urn"] = resource["urn"].rpartition("::")[0] + f"::{label}-{number}"
    return resource | {"id": row["id"], "custom": True}


@pytest.fixture
def moved(stack: Callable[..., Stack], emulator: Emulator) -> Stack:
    """A stack whose state is that of version 0.1.0."""
    one = stack(program(dynamic), front_end="native")
    resources = [recorded("full", emulator, number) for number in range(RUNNERS)]
    resources += [recorded("template", emulator, number) for number in range(TEMPLATES)]
    one.automation.import_stack(
        auto.Deployment(version=3, deployment={"manifest": {}, "resources": resources})
    )
    emulator.clear_requests()
    return one


def test_a_stack_moves_over_without_a_request(moved: Stack, emulator: Emulator) -> None:
    """Nothing is replaced; every resource has the new type, and the next preview is empty."""
    moved.run(program(native))
    changes = moved.up()
    assert changes.pop("create") == 1  # the stack itself, which the recorded state lacks
    assert changes == {"update": RUNNERS + TEMPLATES}
    assert emulator.requests == []
    assert moved.preview() == {}
    resources = moved.automation.export_stack().deployment or {}
    types = [one["type"] for one in resources["resources"]]
    assert types.count("comfycontrol:index:Runner") == RUNNERS
    assert types.count("comfycontrol:index:Template") == TEMPLATES
    assert not any("dynamic" in type_ for type_ in types)
    outputs = [one["outputs"] for one in resources["resources"] if "Runner" in one["type"]]
    assert all("userId" in one and "__provider" not in one for one in outputs)
    assert moved.automation.outputs()["user"].value
    assert moved.destroy()["delete"] >= RUNNERS + TEMPLATES
    assert emulator.runners.all() == []


@pytest.mark.soak
def test_a_stack_moves_back_without_a_request(moved: Stack, emulator: Emulator) -> None:
    """With an alias of the native type, the dynamic classes take their resources back."""
    moved.run(program(native))
    moved.up()
    alias = partial(_with_alias, dynamic)
    moved.run(program(SimpleNamespace(Runner=alias("Runner"), Template=alias("Template"))))
    assert moved.up() == {"update": RUNNERS + TEMPLATES}
    assert emulator.requests == []
    assert moved.preview() == {}
    assert "user_id" in moved.outputs("runner-0")
    moved.destroy()
    assert emulator.runners.all() == []


def _with_alias(package: Any, name: str) -> Callable[..., Any]:
    alias = pulumi.Alias(type_=f"comfycontrol:index:{name}")
    return partial(getattr(package, name), opts=pulumi.ResourceOptions(aliases=[alias]))


def test_an_import_by_option_makes_the_object_as_the_program_says(
    stack: Callable[..., Stack], emulator: Emulator
) -> None:
    """A field that the program leaves out falls back to its default; headers stay."""
    row = emulator.runners.seed(name="Old", endpoint="http://x:8188", headers=HEADERS, tags=["a"])

    def declare(id_: str | None) -> Callable[[], None]:
        def program() -> None:
            opts = pulumi.ResourceOptions(import_=id_)
            native.Runner("gpu", name="New", endpoint="http://x:8188", opts=opts)

        return program

    one = stack(declare("00000000-0000-4000-8000-000000000000"), front_end="native")
    assert "does not exist" in one.failure(one.up)
    one.run(declare(row["id"]))
    one.up()
    [found] = emulator.runners.all()
    kept = {name: row[name] for name in ("id", "endpoint", "headers")}
    assert found == found | kept | {"name": "New", "tags": []}
    assert one.resources()["gpu"]["id"] == row["id"]
    for id_ in (row["id"], None):
        one.run(declare(id_))
        one.preview(expect_no_changes=True)
    assert "recorded-header" not in one.output + one.state_files()
    one.destroy()
    assert emulator.runners.all() == []
