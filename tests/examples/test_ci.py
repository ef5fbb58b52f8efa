"""examples/ci: its workflows, carried out as far as one machine can."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_comfycontrol.emulator import Emulator
from tests.engine.processes import engines, providers
from tools.engine import ROOT, engine_environment
from tools.examples import copy_example

pytestmark = pytest.mark.soak
EXAMPLE = ROOT / "examples" / "ci"
SECRET = "Bearer hidden-value"
#: The expression in a workflow for a setting that the README asks for.
SETTINGS = re.compile(r"\$\{\{ (secrets|vars)\.(\w+) \}\}")


def job(workflow: str, name: str) -> dict[str, Any]:
    """A job of one of the example's workflows."""
    text = (EXAMPLE / ".github" / "workflows" / f"{workflow}.yml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)["jobs"][name]
    return found


class Repository:
    """The example as a checkout, and the machine on which its jobs run."""

    def __init__(self, folder: Path, home: Path, venv: Path, emulator: Emulator) -> None:
        self.folder = copy_example(EXAMPLE, folder)
        shutil.copytree(venv, folder / "venv", symlinks=True)
        self.emulator = emulator
        environment = engine_environment(home)
        self.settings = {
            "COMFYCONTROL_API_TOKEN": emulator.token,
            "PULUMI_CONFIG_PASSPHRASE": environment.pop("PULUMI_CONFIG_PASSPHRASE"),
            "PULUMI_BACKEND_URL": environment.pop("PULUMI_BACKEND_URL"),
        }
        self.machine = environment | {
            "COMFYCONTROL_API_URL": emulator.url,
            "PIP_NO_INDEX": "true",  # what is required is installed in the venv already
            "HOME": str(home),
        }

    def carry_out(self, job: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run a job's steps until one fails; returns the last one's result."""
        result = None
        for step in job["steps"]:
            action = step.get("uses", "").partition("@")[0]
            if action in {"actions/checkout", "actions/setup-python"}:
                continue
            environment = self.resolve(step.get("env", {}))
            if "run" in step:
                result = self.shell(step["run"], environment)
            elif action == "pulumi/actions" and "with" in step:
                result = self.pulumi(self.resolve(step["with"]), environment)
            else:
                assert action == "pulumi/actions", step
                continue  # it only installs the CLI
            if result.returncode:
                break
        assert result is not None
        return result

    def resolve(self, values: dict[str, Any]) -> dict[str, Any]:
        """Put in what the repository's settings have."""
        return {
            name: SETTINGS.sub(lambda found: self.settings[found[2]], value)
            if isinstance(value, str)
            else value
            for name, value in values.items()
        }

    def shell(self, script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a script as GitHub does."""
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env=self.machine | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def pulumi(
        self, options: dict[str, Any], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Do what pulumi/actions does: run the command with the same options."""
        environment["PULUMI_BACKEND_URL"] = options.pop("cloud-url")
        options.pop("comment-on-pr", None)
        command, stack = options.pop("command"), options.pop("stack-name")
        flags = [f"--{name}={str(value).lower()}" for name, value in options.items()]
        yes = ["--yes", "--skip-preview"] if command == "up" else []
        line = ["pulumi", command, "--non-interactive", "--stack", stack, *yes, *flags]
        return self.shell(shlex.join(line), environment)


@pytest.fixture
def repository(tmp_path: Path, venv: Path, emulator: Emulator) -> Repository:
    """A repository that was set up as the README says."""
    one = Repository(tmp_path / "repository", tmp_path / "home", venv, emulator)
    for command in ("stack init production", f"config set --secret authorization '{SECRET}'"):
        assert one.shell(f"pulumi {command}", one.settings).returncode == 0
    return one


PREVIEW, UP, DRIFT = job("pulumi", "preview"), job("pulumi", "up"), job("drift", "drift")
RECOVER = job("recover", "recover")


def test_a_pull_request_shows_and_main_changes(repository: Repository, emulator: Emulator) -> None:
    """`preview` sends nothing that writes; `up` makes the runners; the next preview is empty."""
    shown = repository.carry_out(PREVIEW)
    assert shown.returncode == 0, shown.stdout
    assert "+ 3 to create" in shown.stdout
    assert 'endpoint  : "https://anna.comfy.example.com"' in shown.stdout
    assert emulator.requests == []
    made = repository.carry_out(UP)
    assert made.returncode == 0, made.stdout
    assert sorted(runner["name"] for runner in emulator.runners.all()) == ["Anna", "Bert"]
    emulator.clear_requests()
    again = repository.carry_out(PREVIEW)
    assert "3 unchanged" in again.stdout
    assert {request.method for request in emulator.requests} == {"GET"}
    assert SECRET not in shown.stdout + made.stdout + again.stdout


def test_a_preview_shows_what_up_will_repair(repository: Repository, emulator: Emulator) -> None:
    """Both read every runner first, so an edit in the dashboard is put back."""
    repository.carry_out(UP)
    before = emulator.runners.all()
    emulator.runners.edit(before[0]["id"], tags=["edited"])
    emulator.runners.delete(before[1]["id"])
    shown = repository.carry_out(PREVIEW).stdout
    assert "~ 1 to update" in shown
    assert "+ 1 to create" in shown
    assert repository.carry_out(UP).returncode == 0
    assert {tuple(runner["tags"]) for runner in emulator.runners.all()} == {("production",)}
    assert len(emulator.runners.all()) == len(before)


def test_the_drift_job_fails_after_an_edit_only(
    repository: Repository, emulator: Emulator, tmp_path: Path
) -> None:
    """It passes, names what was edited or deleted, and writes nothing, here or there."""
    repository.carry_out(UP)
    [first, second] = emulator.runners.all()
    state = tmp_path / "home" / "backend"
    files = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    emulator.clear_requests()

    done = repository.carry_out(DRIFT)
    assert done.returncode == 0, done.stdout + done.stderr
    emulator.runners.edit(first["id"], endpoint="https://elsewhere.example.com")
    edited = repository.carry_out(DRIFT)
    assert edited.returncode != 0
    assert "~ endpoint:" in edited.stdout
    assert "https://elsewhere.example.com" in edited.stdout
    assert "no changes were expected" in edited.stderr
    emulator.runners.edit(first["id"], endpoint=first["endpoint"])
    emulator.runners.edit(second["id"], headers={"Authorization": "other"})
    hidden = repository.carry_out(DRIFT)
    assert hidden.returncode != 0
    assert "~ headers" in hidden.stdout
    assert SECRET not in hidden.stdout
    assert "other" not in hidden.stdout
    emulator.runners.edit(second["id"], headers=second["headers"])
    assert repository.carry_out(DRIFT).returncode == 0
    emulator.runners.delete(second["id"])
    gone = repository.carry_out(DRIFT)
    assert gone.returncode != 0
    assert "- 1 to delete" in gone.stdout

    assert {request.method for request in emulator.requests} == {"GET"}
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == files


def test_a_drift_job_without_its_token_fails(repository: Repository, emulator: Emulator) -> None:
    """A check that could not be made does not pass."""
    repository.carry_out(UP)
    emulator.revoke_token(emulator.token)
    done = repository.carry_out(DRIFT)
    assert done.returncode != 0
    assert "answered 401" in done.stdout + done.stderr


def test_what_a_killed_job_left_is_recovered_on_another_machine(
    repository: Repository, emulator: Emulator, tmp_path: Path
) -> None:
    """By its `up` each runner is there once, and nothing is pending any more."""
    home = tmp_path / "home"

    def kill() -> None:
        for process in (*engines(home), *providers(home)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    emulator.fault("call", "POST", skip=1, function=kill)
    assert repository.carry_out(UP).returncode != 0
    emulator.clear_faults()
    assert len(emulator.runners.all()) == 2
    shutil.rmtree(home / "state")
    done = repository.carry_out(RECOVER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(runner["name"] for runner in emulator.runners.all()) == ["Anna", "Bert"]
    shown = repository.carry_out(PREVIEW)
    assert "3 unchanged" in shown.stdout
    assert "pending" not in shown.stdout + shown.stderr
