"""A template's life on the real engine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from pulumi_comfycontrol import Runner, Template
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

MakeStack = Callable[..., Stack]
#: An integer that a float can't hold.
SEED = 2**60 + 1
BODY = {"6": {"class_type": "Sampler", "inputs": {"text": "$text(prompt)", "seed": SEED, "x": 1.0}}}


def program(**arguments: Any) -> Callable[[], None]:
    """A program of one template, "portrait"."""

    def run() -> None:
        Template(
            "portrait", **{"name": "Portrait", "description": "A face", "body": BODY} | arguments
        )

    return run


def test_a_templates_life(stack: MakeStack, emulator: Emulator, tmp_path: Path) -> None:
    """Every form of the body is the same one; a change is one PUT with what changed."""
    one = stack(program())
    assert one.preview() == {"create": 2}
    assert emulator.requests == []
    assert one.up() == {"create": 2}
    [template] = emulator.templates.all()
    assert f'"seed":{SEED}' in template["body"]
    assert one.outputs("portrait")["placeholders"] == [{"kind": "text", "name": "prompt"}]
    path = tmp_path / "workflow.json"
    path.write_text(json.dumps(BODY, indent=2), encoding="utf-8")
    for same in (json.dumps(BODY), path, pulumi.FileAsset(str(path))):
        one.run(program(body=same))
        assert one.preview(expect_no_changes=True) == {}
    emulator.clear_requests()
    one.run(program(description="Two\nlines", body=BODY | {"7": {}}))
    assert one.up() == {"update": 1}
    assert [request.method for request in emulator.requests] == ["PUT"]
    assert json.loads(emulator.templates.all()[0]["body"])["7"] == {}
    assert one.preview() == {}


def test_drift_repair_and_disappearance(stack: MakeStack, emulator: Emulator) -> None:
    """Each field's drift is seen and repaired; a deleted object is made again; destroy is clean."""
    edits: dict[str, Any] = {"name": "Edited", "description": "Edited", "body": {"edited": True}}

    def run() -> None:
        for field in edits:
            Template(field, name="Portrait", description="A face", body=BODY)

    one = stack(run)
    one.up()
    before = emulator.templates.all()
    # Within the second of its own write, the change of a body alone is not seen (A5).
    emulator.settings.change({"time_offset": 2.0})
    for field, resource in one.resources().items():
        emulator.templates.edit(resource["id"], **{field: edits[field]})
    assert one.refresh() == {"update": len(edits)}
    for field in edits:
        assert re.search(rf"Template {field} .*\[diff: ~{field}\]", one.output)
    assert one.up() == {"update": len(edits)}
    for was, now in zip(before, emulator.templates.all(), strict=True):
        assert was | {"updated_at": now["updated_at"]} == now
    emulator.templates.delete(one.resources()["name"]["id"])
    assert one.refresh() == {"delete": 1}
    assert one.up() == {"create": 1}
    emulator.templates.delete(one.resources()["body"]["id"])
    assert one.destroy() == {"delete": 4}
    assert emulator.templates.all() == []


def test_preview_reports_every_fault_and_warns_of_placeholders(
    stack: MakeStack, emulator: Emulator
) -> None:
    """A broken body is a sentence without the body; a doubtful placeholder only a warning."""
    one = stack(program(name="", body="workflow.json"))
    text = one.failure(one.preview)
    assert "name must have 1 to 100 characters" in text
    assert "body is not JSON" in text
    assert "to read a file, give it as a pathlib.Path" in text
    one.run(program(body=Path("missing.json")))
    text = one.failure(one.preview)
    assert "body can't be read from the file missing.json: No such file or directory" in text
    assert "Traceback" not in one.output
    one.run(program(body={"6": {"class_type": "Load", "inputs": {"image": "a $file(image)"}}}))
    one.preview()
    assert "warning: node 6 (Load), field image: $file(…) must be the whole value" in one.output
    assert emulator.requests == []


def test_a_body_may_wait_for_another_resource(stack: MakeStack, emulator: Emulator) -> None:
    """Outputs inside the body are unknown in the first preview, and then text in it."""

    def run() -> None:
        runner = Runner("gpu", name="GPU", endpoint="https://comfy.example.com")
        body = {"1": {"inputs": {"runner": runner.id, "seed": SEED}}}
        Template("portrait", name="Portrait", description="A face", body=body)

    one = stack(run)
    assert one.preview() == {"create": 3}
    one.up()
    inputs = json.loads(emulator.templates.all()[0]["body"])["1"]["inputs"]
    assert inputs == {"runner": emulator.runners.all()[0]["id"], "seed": SEED}
    assert one.preview() == {}


@pytest.mark.parametrize("secret", [True, False])
def test_a_secret_body_stays_secret(stack: MakeStack, emulator: Emulator, secret: bool) -> None:
    """A body that comes from a secret is encrypted in the state, in inputs and outputs."""
    body = pulumi.Output.secret if secret else pulumi.Output.from_input

    def run() -> None:
        content = {"key": "classified-1", "text": "$text(key, classified-2)"}
        Template("portrait", name="P", description="D", body=body(content))

    one = stack(run)
    one.up()
    assert json.loads(emulator.templates.all()[0]["body"])["key"] == "classified-1"
    assert ("classified-1" in one.state_files()) is not secret
    # Whether an output is secret can't be known in time, so what is taken from the body always is.
    assert "ciphertext" in one.outputs("portrait")["placeholders"]
    assert ("classified-2" in one.state_files()) is not secret
