"""The native plugin from YAML programs on the real engine."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import find_engine

from .operation import wait_until
from .plugin import YamlProject

HEADERS = {"Authorization": "Bearer hidden-value"}


def runner(**properties: Any) -> dict[str, Any]:
    """A runner as a program declares it."""
    values = {"name": "GPU", "endpoint": "http://x:8188", "headers": HEADERS} | properties
    return {"type": "comfycontrol:index:Runner", "properties": values}


TEMPLATE = {
    "type": "comfycontrol:Template",
    "properties": {
        "name": "Portrait",
        "description": "A face",
        "body": '{"6": {"class_type": "S", "inputs": {"text": "$text(prompt)", "seed": 1}}}',
    },
}


@pytest.fixture
def project(tmp_path: Path, emulator: Emulator) -> YamlProject:
    """A project without resources."""
    return YamlProject(tmp_path, emulator)


def test_a_stack_over_its_life(project: YamlProject, emulator: Emulator) -> None:
    """Created, unchanged, repaired after a change outside, and destroyed."""
    project.write({"gpu": runner(), "portrait": TEMPLATE}, outputs={"user": "${gpu.userId}"})
    project.run("up", "--yes")
    [row] = emulator.runners.all()
    assert row["headers"] == HEADERS
    assert project.run("stack", "output", "user").strip() == row["user_id"]
    emulator.clear_requests()
    shown = project.run("preview", "--expect-no-changes", "--diff")
    assert "warning" not in shown
    assert emulator.requests == []
    emulator.runners.edit(row["id"], name="outside")
    shown = project.run("refresh", "--yes", "--diff", "--skip-preview")
    assert '~ name: "GPU" => "outside"' in shown
    shown = project.run("up", "--yes", "--diff", "--skip-preview")
    assert '~ name: "outside" => "GPU"' in shown
    assert emulator.runners.all()[0]["name"] == "GPU"
    project.run("preview", "--expect-no-changes")
    assert "hidden-value" not in project.state_text()
    assert emulator.token not in project.state_text()
    project.run("destroy", "--yes", "--skip-preview")
    assert (emulator.runners.all(), emulator.templates.all()) == ([], [])


def test_a_token_in_plain_text_is_warned_of(project: YamlProject, emulator: Emulator) -> None:
    """The state has it encrypted all the same; once it is a secret, the warning ends."""
    token = project.environment.pop("COMFYCONTROL_API_TOKEN")
    project.write({"gpu": runner()})
    project.run("config", "set", "--plaintext", "comfycontrol:apiToken", token)
    shown = project.run("up", "--yes", "--skip-preview")
    assert "Pulumi.dev.yaml in plain text" in shown
    assert "1 warning" in shown
    assert token not in shown + project.state_text()
    project.run("config", "set", "--secret", "comfycontrol:apiToken", token)
    assert "warning" not in project.run("preview", "--expect-no-changes")


def test_a_change_is_shown_by_path_and_without_header_values(project: YamlProject) -> None:
    """Headers are compared by their names; bookkeeping of the provider is not shown."""
    project.write({"gpu": runner(tags=["a"])})
    project.run("up", "--yes", "--skip-preview")
    project.write({"gpu": runner(headers=HEADERS | {"X-New": "hidden-too"}, status="disabled")})
    shown = project.run("up", "--yes", "--diff", "--skip-preview")
    assert "+ X-New: [secret]" in shown
    assert '~ status : "active" => "disabled"' in shown
    assert "- tags" in shown
    assert "hidden" not in shown
    assert "__comfycontrol" not in shown
    assert "set_fields" not in shown


def test_an_import_prints_code_without_header_values(
    project: YamlProject, emulator: Emulator
) -> None:
    """The code is ready to use, and adding the headers to it needs no request that writes."""
    row = emulator.runners.seed(name="GPU", endpoint="http://x:8188", headers=HEADERS, tags=["a"])
    shown = project.run("import", "comfycontrol:index:Runner", "gpu", row["id"], "--yes",
                        "--protect=false")  # fmt: skip
    assert "name: GPU" in shown
    assert "hidden-value" not in shown
    project.write({"gpu": {"type": "comfycontrol:index:Runner", "properties":
                   {"name": "GPU", "endpoint": "http://x:8188", "tags": ["a"]}}})  # fmt: skip
    project.run("preview", "--expect-no-changes")
    emulator.clear_requests()
    project.write({"gpu": runner(tags=["a"])})
    project.run("up", "--yes", "--skip-preview")
    assert emulator.requests == []
    assert "hidden-value" not in project.state_text()


def test_an_import_of_what_does_not_exist_is_refused(project: YamlProject) -> None:
    """The engine's own message names the id."""
    id_ = "00000000-0000-4000-8000-000000000000"
    shown = project.run("import", "comfycontrol:index:Runner", "gpu", id_, "--yes", fails=True)
    assert "does not exist" in shown


def test_a_missing_token_is_one_message(project: YamlProject, emulator: Emulator) -> None:
    """On the provider, however many resources there are."""
    del project.environment["COMFYCONTROL_API_TOKEN"]
    project.write({"one": runner(), "two": runner(name="Two")})
    shown = project.run("preview", fails=True)
    assert "No ComfyControl API token is configured" in shown
    assert "    1 errored" in shown
    assert emulator.requests == []


def test_functions_run_in_a_preview(project: YamlProject, emulator: Emulator) -> None:
    """A preview shows the results of functions, which are no secrets."""
    emulator.runners.seed(name="Other", endpoint="http://y", headers=HEADERS)
    project.write(
        {},
        variables={
            "other": {
                "fn::invoke": {"function": "comfycontrol:getRunner", "arguments": {"name": "Other"}}
            }
        },
        outputs={"endpoint": "${other.endpoint}"},
    )
    assert "http://y" in project.run("preview")


def test_an_installed_launcher_serves_every_project(project: YamlProject) -> None:
    """After `pulumi-resource-comfycontrol install`, a project need not say where the plugin is."""
    command = [sys.executable, "-m", "pulumi_comfycontrol.plugin", "install"]
    subprocess.run([*command, "--pulumi", str(find_engine())], env=project.environment, check=True)
    project.write({"gpu": runner()})
    program = (project.folder / "Pulumi.yaml").read_text().splitlines()
    kept = [line for line in program if not line.startswith("plugins:")]
    (project.folder / "Pulumi.yaml").write_text("\n".join(kept))
    assert "warning" not in project.run("preview")


@pytest.mark.soak
def test_ctrl_c_ends_a_wait_at_once(project: YamlProject, emulator: Emulator) -> None:
    """In a cool-down of ten seconds; the next `up` creates the one runner."""
    project.write({"gpu": runner()})
    emulator.fault("status", "POST", status=429)
    with project.start("up", "--yes", "--skip-preview") as process:
        wait_until(lambda: any(one.method == "POST" for one in emulator.requests))
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert time.monotonic() - begin < 9
    assert "the deployment was interrupted" in output
    assert emulator.runners.all() == []
    project.run("up", "--yes", "--skip-preview")
    assert len(emulator.runners.all()) == len(project.state()) == 1
