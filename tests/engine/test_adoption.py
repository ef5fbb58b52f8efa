"""Adoption of existing objects by ``ResourceOptions(import_=…)``, and reads by ``get``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pulumi

from pulumi_comfycontrol import Runner, Template
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

MakeStack = Callable[..., Stack]
MACHINE = {"name": "GPU", "endpoint": "https://comfy.example.com", "tags": ["a"]}
FORM = {"name": "Portrait", "description": "A face", "body": {"1": {"inputs": {}}}}


def program(
    runner: str | None, template: str | None, adopt: Literal["update"] | None = None, **change: Any
) -> Callable[[], None]:
    """A program of a runner and a template, taken over by their ids."""

    def run() -> None:
        fields: dict[str, Any] = MACHINE | change
        Runner("gpu", **fields, adopt=adopt, opts=pulumi.ResourceOptions(import_=runner))
        form: dict[str, Any] = FORM
        Template("portrait", **form, opts=pulumi.ResourceOptions(import_=template))

    return run


def test_equal_objects_are_taken_over_without_a_write(stack: MakeStack, emulator: Emulator) -> None:
    """`up` reads them; the next one, without `import_`, is empty; destroy deletes them."""
    runner, template = emulator.runners.seed(**MACHINE), emulator.templates.seed(**FORM)
    one = stack(program(runner["id"], template["id"]))
    assert one.preview() == {"create": 3}
    assert f"Runner {runner['id']} is taken over, not created" in one.output
    assert emulator.requests == []
    assert one.up() == {"create": 3}
    assert {request.method for request in emulator.requests} == {"GET"}
    assert one.resources()["gpu"]["id"] == runner["id"]
    assert one.outputs("gpu")["created_at"] == runner["created_at"]
    assert one.preview(expect_no_changes=True) == {}
    one.run(program(None, None))
    assert one.preview(expect_no_changes=True) == {}
    assert one.refresh() == {}
    assert one.destroy() == {"delete": 3}
    assert emulator.runners.all() == emulator.templates.all() == []


def test_a_difference_is_an_error_unless_it_is_to_be_applied(
    stack: MakeStack, emulator: Emulator
) -> None:
    """Nothing changes without `adopt="update"`, which then sends what differs."""
    runner, template = emulator.runners.seed(**MACHINE), emulator.templates.seed(**FORM)
    ids = (runner["id"], template["id"])
    one = stack(program(*ids, name="Other", tags=["b"]))
    text = one.failure(one.up)
    assert f"runner {runner['id']} differs from the program in name, tags" in text
    assert "pass adopt='update'" in text
    assert "Traceback" not in text
    assert emulator.runners.all()[0] == runner
    one.run(program(*ids, adopt="update", name="Other", tags=["b"]))
    emulator.clear_requests()
    one.up()
    [put] = [request for request in emulator.requests if request.method != "GET"]
    assert (put.method, put.body) == ("PUT", {"name": "Other", "tags": ["b"]})
    assert one.preview(expect_no_changes=True) == {}


def test_an_id_that_cannot_be_taken_over_is_explained(stack: MakeStack, emulator: Emulator) -> None:
    """An unknown or malformed id, one that is managed already, and another one than before."""
    runner, template = emulator.runners.seed(**MACHINE), emulator.templates.seed(**FORM)
    unknown = "00000000-0000-4000-8000-000000000000"
    one = stack(program(unknown, "nonsense"))
    text = one.failure(one.up, continue_on_error=True)
    assert f"Creating runner 'gpu' failed: this account has no runner with the id {unknown}" in text
    assert "this account has no template with the id nonsense" in text
    one.run(program(runner["id"], template["id"]))
    one.up()
    one.run(program(unknown, template["id"]))
    assert f"it is runner {runner['id']} already" in one.failure(one.preview)

    def twice() -> None:
        program(runner["id"], template["id"])()
        again = pulumi.ResourceOptions(import_=runner["id"])
        Runner("again", name="GPU", endpoint="https://comfy.example.com", opts=again)

    one.run(twice)
    assert f"another resource of this stack manages runner {runner['id']}" in one.failure(one.up)
    assert len(emulator.runners.all()) == 1


def test_adopt_without_an_id_is_a_mistake(stack: MakeStack, emulator: Emulator) -> None:
    """The argument adopt without an id to import would be silently meaningless."""
    one = stack(program(None, None, adopt="update"))
    text = one.failure(one.preview)
    assert "adopt='update' needs the id of an existing object" in text


def test_get_reads_and_never_manages(stack: MakeStack, emulator: Emulator) -> None:
    """`get` follows changes, destroy leaves the object, an unknown id is an error."""
    runner, template = emulator.runners.seed(**MACHINE), emulator.templates.seed(**FORM)

    def run() -> None:
        pulumi.export("endpoint", Runner.get("gpu", runner["id"]).endpoint)
        pulumi.export("body", Template.get("portrait", template["id"]).body)

    one = stack(run)
    one.up()
    emulator.runners.edit(runner["id"], endpoint="https://moved.example.com")
    one.up()
    assert one.automation.outputs()["endpoint"].value == "https://moved.example.com"
    assert one.automation.outputs()["body"].value == '{"1":{"inputs":{}}}'
    one.destroy()
    assert len(emulator.runners.all()) == len(emulator.templates.all()) == 1
    emulator.runners.delete(runner["id"])
    text = one.failure(one.up)
    assert f"no runner of this account has the id {runner['id']}" in text
    assert "Traceback" not in text


def test_an_object_that_two_resources_have_ends_with_one_of_them(
    stack: MakeStack, emulator: Emulator
) -> None:
    """A new twin adopts before the engine tells of the old one, which then gets its own object."""

    def old() -> None:
        Runner("old", **MACHINE)

    def both() -> None:
        new = Runner("new", **MACHINE)
        Runner("old", **MACHINE, opts=pulumi.ResourceOptions(depends_on=[new]))

    one = stack(old, COMFYCONTROL_IF_EXISTS="adopt")
    one.up()
    [row] = emulator.runners.all()
    one.run(both)
    one.up()
    assert f"Runner {row['id']} is managed by resource 'new', too" in one.output
    ids = {name: one.resources()[name]["id"] for name in ("new", "old")}
    assert ids["new"] == row["id"]
    assert set(ids.values()) == {one["id"] for one in emulator.runners.all()}
    assert len(set(ids.values())) == 2
    assert one.preview(expect_no_changes=True) == {}
    one.destroy()
    assert emulator.runners.all() == []
