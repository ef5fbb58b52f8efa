"""Rules for every workflow, and the promises of the project's own ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tools.engine import ROOT

from .workflows import ALL, EXAMPLE, OWN, Workflow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: The only jobs that may write anything on GitHub, and what.
WRITES = {
    ("docs", "publish"): {"contents"},
    ("pulumi", "preview"): {"pull-requests"},
    ("release", "publish"): {"id-token"},
    ("release", "archives"): {"contents"},
}
each = pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)


@each
def test_every_action_is_pinned(workflow: Workflow) -> None:
    """To a commit, with its version beside it; a tag could be moved."""
    lines = [line for line in workflow.path.read_text().splitlines() if "uses:" in line]
    lines = [line for line in lines if "uses: ./" not in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+( |$)", line), line


def test_an_action_has_one_version_everywhere() -> None:
    """An upgrade that forgets a file is seen."""
    texts = "\n".join(workflow.path.read_text() for workflow in ALL)
    pins = set(re.findall(r"uses: ([\w/-]+)@(\w+)", texts))
    assert len(pins) == len({action for action, _ in pins})


@each
def test_permissions_are_the_least(workflow: Workflow) -> None:
    """All start with reading the repository; four jobs may write one thing each."""
    assert workflow.content["permissions"] == {"contents": "read"}
    for name, job in workflow.jobs.items():
        given = job.get("permissions", {})
        writes = {key for key, value in given.items() if value != "read"}
        assert writes == WRITES.get((workflow.path.stem, name), set())


@each
def test_no_step_has_more_than_it_needs(workflow: Workflow) -> None:
    """A checkout keeps no credentials, a secret stands in a step's `env`, no token in the file."""
    text = workflow.path.read_text()
    assert not re.search(r"cfc_|pul-[0-9a-f]|ghp_|gh[os]_|AKIA", text)
    assert "pull_request_target" not in workflow.triggers
    seen = 0
    for _, step in workflow.steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        for name, value in step.get("env", {}).items():
            if re.search("TOKEN|PASSPHRASE|SECRET|PASSWORD", name):
                assert re.fullmatch(r"\$\{\{ secrets\.\w+ \}\}", value)
                seen += 1
        # An expression inside a script would let a branch's name be a command.
        assert "${{" not in step.get("run", "")
    assert seen == text.count("{{ secrets.")


@each
def test_every_job_ends(workflow: Workflow) -> None:
    """A job that hangs is stopped; of equal ones only one runs at a time."""
    for job in workflow.jobs.values():
        assert "uses" in job or job["timeout-minutes"] <= 60
        assert "concurrency" in {*workflow.content, *job}


def test_python_versions_are_those_of_the_package() -> None:
    """The matrix, the classifiers and the oldest accepted Python say the same."""
    matrix = OWN["ci"].jobs["test"]["strategy"]["matrix"]
    classified = re.findall(r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE)
    assert matrix["python"] == classified
    assert PROJECT["requires-python"] == f">={classified[0]}"


def test_the_oldest_sdk_is_tested() -> None:
    """The oldest SDK that the package accepts has a run of its own, on the oldest Python."""
    matrix = OWN["ci"].jobs["test"]["strategy"]["matrix"]
    [requirement] = [one for one in PROJECT["dependencies"] if one.startswith("pulumi>")]
    oldest = re.match(r"pulumi>=(\d+\.\d+)", requirement)
    assert oldest
    python = matrix["python"][0]
    [run] = matrix["include"]
    assert (run["python"], run["sdk"]) == (python, f"pulumi=={oldest[1]}.0")
    assert {"tests/unit", "tests/provider"} <= set(run["tests"].split())


def test_the_engine_is_the_one_that_set_up_builds() -> None:
    """CI and a machine without Pulumi's own releases test on the same version."""
    version = OWN["ci"].content["env"]["PULUMI_VERSION"]
    assert f"pulumi/pkg/v3 v{version}" in (ROOT / "tools" / "go.mod").read_text()


def test_the_wheel_is_what_is_tested_and_published() -> None:
    """The wheel comes from the build job, and the sources are gone before the first test."""
    jobs = OWN["ci"].jobs
    upload = named(jobs["build"]["steps"], "actions/upload-artifact")
    download = named(jobs["test"]["steps"], "actions/download-artifact")
    published = named(OWN["release"].jobs["publish"]["steps"], "actions/download-artifact")
    assert upload["with"]["name"] == download["with"]["name"] == published["with"]["name"]
    scripts = [step["run"] for step in jobs["test"]["steps"] if "run" in step]
    install, *_, run = scripts
    assert re.search(r"pip install .*dist/\*\.whl", install, re.DOTALL)
    assert install.endswith("rm -r pulumi_comfycontrol\n")
    assert run.endswith("\npython -m pytest $TESTS\n")
    assert jobs["test"]["strategy"]["matrix"]["tests"] == ["tests"]
    assert jobs["test"]["needs"] == "build"


def test_only_what_passed_is_published() -> None:
    """A tag's own CI comes first, and the version before that."""
    jobs = OWN["release"].jobs
    assert OWN["release"].triggers == {"push": {"tags": ["v*"]}}
    assert (jobs["publish"]["needs"], jobs["ci"]["needs"]) == ("ci", "version")
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert "workflow_call" in OWN["ci"].triggers
    assert jobs["publish"]["environment"] == "pypi"


@pytest.mark.parametrize(
    ("tag", "heading", "passes"),
    [
        ("v{}", "## [{}] - 2026-11-30", True),
        ("v{}.1", "## [{}] - 2026-11-30", False),
        ("v{}", "## [Unreleased]", False),
    ],
)
def test_a_tag_must_fit_the_version_and_the_changelog(
    tmp_path: Path, tag: str, heading: str, passes: bool
) -> None:
    """The step's own script, run in a folder with both files."""
    version = PROJECT["version"]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading.format(version)}\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", script("version")],
        cwd=tmp_path,
        env=os.environ | {"GITHUB_REF_NAME": tag.format(version), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stderr


def test_a_release_has_an_archive_for_every_system(tmp_path: Path) -> None:
    """The step's own script; the names are those that the Pulumi CLI asks a server for."""
    shutil.copytree(ROOT / "release", tmp_path / "release")
    (gh := tmp_path / "gh").write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    gh.chmod(0o755)
    said = subprocess.check_output(
        ["bash", "-e", "-c", script("archives")],
        cwd=tmp_path,
        env={"GITHUB_REF_NAME": "v1.2.3", "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        text=True,
    ).split()
    assert said[:3] == ["release", "create", "v1.2.3"]
    systems = product(("darwin", "linux", "windows"), ("amd64", "arm64"))
    archives = [f"./pulumi-resource-comfycontrol-v1.2.3-{'-'.join(one)}.tar.gz" for one in systems]
    assert said[-6:] == archives
    for archive in archives:
        with tarfile.open(tmp_path / archive) as files:
            assert sorted(files.getnames()) == sorted(
                path.name for path in (ROOT / "release").iterdir() if path.is_file()
            )


def test_the_example_previews_pull_requests_and_ups_main() -> None:
    """A pull request's preview can be cancelled, an `up` can't; forks are given no secret."""
    workflow = EXAMPLE["pulumi"]
    assert workflow.triggers == {"pull_request": None, "push": {"branches": ["main"]}}
    preview, up = workflow.jobs["preview"], workflow.jobs["up"]
    assert preview["concurrency"]["cancel-in-progress"] is True
    assert up["concurrency"] == {"group": "up-production", "cancel-in-progress": False}
    assert preview["if"] == (
        "github.event_name == 'pull_request' &&"
        " github.event.pull_request.head.repo.full_name == github.repository"
    )
    assert up["if"] == "github.event_name == 'push'"
    options = named(preview["steps"], "pulumi/actions")["with"]
    assert options["command"] == "preview"
    assert options["comment-on-pr"] is True
    assert named(up["steps"], "pulumi/actions")["with"] == {
        **{key: value for key, value in options.items() if key != "comment-on-pr"},
        "command": "up",
    }


def test_the_example_looks_for_drift_every_night() -> None:
    """Also on demand; and never in the group of `up`, whose waiting run it would cancel."""
    workflow = EXAMPLE["drift"]
    assert set(workflow.triggers) == {"schedule", "workflow_dispatch"}
    [every] = workflow.triggers["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", every["cron"])
    groups = [job["concurrency"]["group"] for job in EXAMPLE["pulumi"].jobs.values()]
    assert workflow.content["concurrency"]["group"] not in groups


def script(job: str) -> str:
    """The only script of a job of the release."""
    [found] = [step["run"] for step in OWN["release"].jobs[job]["steps"] if "run" in step]
    assert isinstance(found, str)
    return found


def named(steps: list[dict[str, Any]], action: str) -> dict[str, Any]:
    """The only step that uses an action with options."""
    using = [step for step in steps if step.get("uses", "").startswith(f"{action}@")]
    [found] = [step for step in using if "with" in step]
    return found
