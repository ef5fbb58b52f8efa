"""One account, managed by programs in four languages at the same time."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tests.examples.conftest import Project
from tests.examples.test_readmes import TOKEN, commands

from .conftest import Example

pytestmark = pytest.mark.languages
#: The name of each program's runner; Python has one of each front-end.
RUNNERS = {
    "yaml": {"YAML GPU"},
    "typescript": {"TypeScript GPU"},
    "go": {"Go GPU"},
    "python": {"Dynamic GPU", "Native GPU"},
}
_PYTHON = """\
import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native

for label, package in (("Dynamic", dynamic), ("Native", native)):
    name, endpoint = f"{label} GPU", "https://comfy.example.com"
    package.Runner(label, name=name, endpoint=endpoint, tags=["gpu-a100"])
"""
_PYTHON_PROJECT = """\
name: python
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
plugins: {providers: [{name: comfycontrol, path: .venv/bin}]}
"""


class Stacks:
    """The projects by language; each command runs in all of them at the same time."""

    def __init__(self, projects: dict[str, Project]) -> None:
        self.projects = projects

    def run(self, command: str) -> dict[str, str]:
        """Run a command in each project; return what each printed."""
        with ThreadPoolExecutor(len(self.projects)) as pool:
            printed = pool.map(lambda project: project.run(command), self.projects.values())
            return dict(zip(self.projects, printed, strict=True))


@pytest.fixture
def stacks(example: Example, environment: dict[str, str], venv: Path, tmp_path: Path) -> Stacks:
    """A new stack of each example by its README's commands but the last, and one in Python."""
    projects = {}
    for language in ("yaml", "typescript", "go"):
        projects[language] = example(language)
        _, *lines, last = commands(projects[language].folder / "README.md", key="hidden-value")
        assert last == "pulumi up"
        for line in lines:
            projects[language].run(line)
    folder = tmp_path / "python"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(_PYTHON_PROJECT)
    (folder / "__main__.py").write_text(_PYTHON)
    shutil.copytree(venv, folder / ".venv", symlinks=True)
    projects["python"] = Project(folder, environment)
    projects["python"].run("pulumi stack init dev")
    projects["python"].run(f"pulumi config set --secret comfycontrol:apiToken {TOKEN}")
    return Stacks(projects)


def test_four_languages_manage_one_account(stacks: Stacks, emulator: Emulator) -> None:
    """A stack in any language repairs its own runners, and is destroyed without the others."""
    stacks.run("pulumi up --skip-preview")
    assert names(emulator) == sorted(set.union(*RUNNERS.values()))
    assert len(emulator.templates.all()) == 3
    stacks.run("pulumi preview --expect-no-changes")

    for row in emulator.runners.all():
        emulator.runners.edit(row["id"], tags=["outside"])
    for language, shown in stacks.run("pulumi refresh --diff --skip-preview").items():
        assert shown.count("outside") == len(RUNNERS[language])
    stacks.run("pulumi up --skip-preview")
    assert {*map(str, tags(emulator))} == {"['gpu-a100']"}

    stacks.projects.pop("go").run("pulumi destroy --skip-preview")
    assert names(emulator) == sorted(set.union(*RUNNERS.values()) - RUNNERS["go"])
    stacks.run("pulumi preview --refresh --expect-no-changes")
    stacks.run("pulumi destroy --skip-preview")
    assert (emulator.runners.all(), emulator.templates.all()) == ([], [])
    assert [one for one in emulator.requests if one.status == 429] == []


def names(emulator: Emulator) -> list[str]:
    """The names of the account's runners."""
    return sorted(row["name"] for row in emulator.runners.all())


def tags(emulator: Emulator) -> list[list[str]]:
    """The tags of the account's runners."""
    return [row["tags"] for row in emulator.runners.all()]
