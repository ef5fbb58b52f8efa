"""Each example, by the very commands of its README, on the Pulumi CLI in a folder of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT

from .conftest import MakeProject, Project

EXAMPLES = ROOT / "examples"
HEADER = "Bearer hidden-value"
#: The values that a reader has to insert; the second token is of the account `europe`.
TOKEN, SECOND = "cfc_emulator", "cfc_europe"


def commands(readme: Path, key: str = "") -> list[str]:
    """Return the lines of all blocks marked ``console``, with the reader's own values in them."""
    blocks = re.findall(r"```console\n(.*?)```", readme.read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert lines, f"{readme} has no commands"
    filled = []
    for line in lines:
        token = SECOND if "europeToken" in line else TOKEN
        filled.append(
            line.replace("cfc_…", token).replace("Bearer …", HEADER).replace("…key…", key)
        )
    assert not [line for line in filled if "…" in line]
    return filled


def follow(project: Project, lines: list[str]) -> str:
    """Type the lines one by one; return all that they printed."""
    return "".join(project.run(line) for line in lines)


def check(project: Project, *secrets: str) -> None:
    """Check that nothing is left to do, that all can be destroyed, and that nothing is in clear."""
    project.run("pulumi preview --expect-no-changes")
    state = project.run("pulumi stack export")
    project.run("pulumi destroy")
    files = [state, *(file.read_text() for file in project.folder.glob("Pulumi*.yaml"))]
    assert not [secret for secret in (*secrets, HEADER) if secret in "".join(files)]


def test_runner(project: MakeProject, emulator: Emulator) -> None:
    """One runner goes up, previews empty and is destroyed."""
    one = project(EXAMPLES / "runner")
    seen = follow(one, commands(one.folder / "README.md"))
    assert [runner["name"] for runner in emulator.runners.all()] == ["Production GPU"]
    assert "warning" not in seen
    assert HEADER not in seen
    check(one, TOKEN)
    assert emulator.runners.all() == []


def test_fleet(project: MakeProject, emulator: Emulator) -> None:
    """Each machine of the file is registered under a stable name."""
    one = project(EXAMPLES / "fleet")
    seen = follow(one, commands(one.folder / "README.md"))
    for name in ("studio", "render-1", "render-2"):
        assert f"Runner {name} created" in seen
    check(one)


@pytest.mark.soak
def test_accounts(project: MakeProject, emulator: Emulator) -> None:
    """Both accounts get what is theirs; what was changed outside is repaired."""
    europe = emulator.add_token(SECOND, "europe")
    one = project(EXAMPLES / "accounts")
    *lines, last = commands(one.folder / "README.md")
    follow(one, lines)
    one.run(f"pulumi config set europeUrl {emulator.url}")  # a provider asks no environment
    one.run(last)
    made = (emulator.runners.all(), emulator.templates.all())
    assert {runner["user_id"] for runner in made[0]} == {europe}
    assert {template["user_id"] for template in made[1]} == {europe, emulator.account}
    assert one.run("pulumi stack output 'runners of europe'").strip() == "10"
    emulator.runners.edit(made[0][3]["id"], tags=["edited"])
    emulator.runners.delete(made[0][4]["id"])
    emulator.templates.edit(made[1][0]["id"], description="edited", body={})
    one.run("pulumi up --refresh --skip-preview")
    now = (emulator.runners.all(), emulator.templates.all())
    assert sorted(one["name"] for one in now[0]) == sorted(one["name"] for one in made[0])
    assert {tuple(one["tags"]) for one in now[0]} == {("render",)}
    assert {one["description"] for one in now[1]} == {one["description"] for one in made[1]}
    check(one, SECOND)
    assert emulator.runners.all() == emulator.templates.all() == []


@pytest.mark.soak
def test_policy(project: MakeProject, emulator: Emulator) -> None:
    """The runners break the rule of another domain, as the README shows, and keep their own."""
    one = project(EXAMPLES / "policy")
    readme = one.folder / "README.md"
    *lines, last = commands(readme)
    follow(one, lines)
    [shown] = re.findall(r"```text\nerror: (.*?)```", readme.read_text(), re.DOTALL)
    for line in shown.splitlines():
        assert line.strip() in one.run(last, fails=True)
    assert emulator.requests == []
    one.run("pulumi config rm domain")
    one.run("pulumi up --skip-preview")
    assert len(emulator.runners.all()) == 2


def test_testing(project: MakeProject, emulator: Emulator) -> None:
    """The tests pass, and ask no API."""
    one = project(EXAMPLES / "testing")
    assert "5 passed" in follow(one, commands(one.folder / "README.md"))
    assert emulator.requests == []


@pytest.mark.soak
def test_ci(project: MakeProject, tmp_path: Path) -> None:
    """The repository is prepared as the README says, with a folder in place of the bucket."""
    one = project(EXAMPLES / "ci")
    one.run("git init --quiet .")
    bucket = (tmp_path / "bucket").as_uri()
    (tmp_path / "bucket").mkdir()
    del one.environment["PULUMI_BACKEND_URL"]
    lines = [line.replace("s3://my-bucket", bucket) for line in commands(one.folder / "README.md")]
    follow(one, lines)
    assert "Pulumi.production.yaml" in one.run("git diff --cached --name-only")
    assert HEADER not in (one.folder / "Pulumi.production.yaml").read_text()


PYTHON = sorted(path.parent.name for path in EXAMPLES.glob("*/__main__.py"))
NATIVE = sorted({path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml")} - {*PYTHON})
#: Their language hosts are there for `make test-languages` only.
LATER = {"go", "typescript"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.languages if name in LATER else ())
        for name in [*PYTHON, *NATIVE]
    ],
)
def test_an_example_is_a_template(
    name: str, environment: dict[str, str], venv: Path, tmp_path: Path
) -> None:
    """``pulumi new`` makes a project of another name from it, without our word on templates.

    Where the example names the plugin's folder, that has to be there.
    """
    one = Project(tmp_path / "mine", environment)
    one.folder.mkdir()
    if name in NATIVE:
        (one.folder / ".venv").symlink_to(venv)
    options = "--generate-only --force --yes --name mine --description Mine"
    one.run(f"pulumi new {EXAMPLES / name} {options}")
    text = (one.folder / "Pulumi.yaml").read_text()
    assert "name: mine\n" in text
    assert "\ntemplate:" not in text
    assert (one.folder / ".gitignore").exists()
