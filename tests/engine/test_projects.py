"""The example projects and the demo, run as they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT
from tools.project import program_of

from .harness import Stack


def test_runner_example(stack: Callable[..., Stack], emulator: Emulator) -> None:
    """examples/runner goes up, previews empty, and is destroyed."""
    one = stack(program_of(ROOT / "examples" / "runner"), project="runner")
    one.set_config("runner:runnerAuthorization", "Bearer example-header", secret=True)
    one.up()
    assert one.preview() == {}
    assert one.destroy() == {"delete": 2}
    assert "example-header" not in one.output + one.state_files()


def test_fleet_example(stack: Callable[..., Stack], emulator: Emulator) -> None:
    """examples/fleet registers each machine of its file under a stable name."""
    one = stack(program_of(ROOT / "examples" / "fleet"), project="fleet")
    one.set_config("fleet:authorization", "Bearer example-header", secret=True)
    one.up()
    assert {"studio", "render-1", "render-2"} == set(one.resources())
    assert one.preview() == {}
    one.destroy()
    assert emulator.runners.all() == []


def test_accounts_example(
    stack: Callable[..., Stack], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """examples/accounts goes up, previews empty, is drifted, repaired and destroyed."""
    monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
    europe = emulator.add_token("cfc_europe", "europe")
    one = stack(program_of(ROOT / "examples" / "accounts"), project="accounts")
    one.set_config("accounts:europeToken", "cfc_europe", secret=True)
    one.set_config("accounts:europeUrl", emulator.url)
    not_counted = emulator.runners.seed(name="render elsewhere")  # in the stack's own account
    one.up()
    emulator.runners.delete(not_counted["id"])
    made = (emulator.runners.all(), emulator.templates.all())
    assert {runner["user_id"] for runner in made[0]} == {europe}
    assert {template["user_id"] for template in made[1]} == {europe, emulator.account}
    assert one.automation.outputs()["runners of europe"].value == 10
    assert one.preview(expect_no_changes=True) == {}
    emulator.runners.edit(made[0][3]["id"], tags=["edited"])
    emulator.runners.delete(made[0][4]["id"])
    emulator.templates.edit(made[1][0]["id"], description="edited", body={})
    assert one.refresh() == {"update": 2, "delete": 1}
    one.up()
    now = (emulator.runners.all(), emulator.templates.all())
    assert sorted(one["name"] for one in now[0]) == sorted(one["name"] for one in made[0])
    assert {tuple(one["tags"]) for one in now[0]} == {("render",)}
    assert {one["description"] for one in now[1]} == {one["description"] for one in made[1]}
    assert one.preview(expect_no_changes=True) == {}
    one.destroy()
    assert emulator.runners.all() == emulator.templates.all() == []
    assert "cfc_europe" not in one.output + one.state_files()


def test_demo() -> None:
    """`make demo`'s own program passes all its checks and says what to do next."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What to do next" in done.stdout
    assert "only-for-the-demo" not in done.stdout + done.stderr
