"""The project that ``comfycontrol-import`` writes, by the commands that it prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .conftest import Project

ENDPOINT = "https://comfy.example.com"
KEY = "hidden-value"


@pytest.mark.soak
def test_the_printed_commands_take_the_account_over(
    venv: Path, environment: dict[str, str], emulator: Emulator, tmp_path: Path
) -> None:
    """With no environment active; afterwards nothing is left to do, and nothing was changed."""
    emulator.runners.seed(name="GPU", endpoint=f"{ENDPOINT}?key={KEY}", headers={"X-Key": KEY})
    emulator.templates.seed(name="Portrait", description="A face", body={"1": {}})
    before = (emulator.runners.all(), emulator.templates.all())
    command = f"{venv}/bin/python -m pulumi_comfycontrol.importer"
    here = Project(tmp_path, environment | {"COMFYCONTROL_API_TOKEN": emulator.token})
    told = here.run(f"{command} account")
    text = "".join(path.read_text() for path in (tmp_path / "account").rglob("*.*"))
    assert KEY not in told + text
    shutil.copytree(venv, tmp_path / "account" / "venv", symlinks=True)
    inside = Project(tmp_path / "account", here.environment)
    lines = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    assert lines[0] == "pulumi install"
    script = "\n".join(lines).replace("comfycontrol-import", command)
    seen = inside.run(f"set -e\n{script}")
    inside.run("pulumi preview --expect-no-changes")
    assert (emulator.runners.all(), emulator.templates.all()) == before
    assert KEY not in seen + inside.run("pulumi stack export")
