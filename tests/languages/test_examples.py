"""The examples in other languages, by the commands of their READMEs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tests.examples.conftest import Project
from tests.examples.life import live
from tools.build import GO, NODEJS, build_host
from tools.engine import ROOT
from tools.sdk import FOLDER

pytestmark = pytest.mark.languages
_INHERITED = re.compile("CERT|PROXY|^GO", re.IGNORECASE)


@pytest.fixture
def project(
    request: pytest.FixtureRequest, venv: Path, environment: dict[str, str], tmp_path: Path
) -> Project:
    """A copy of an example in a copy of the checkout, with the plugin where it is looked for."""
    build_host({"typescript": NODEJS, "go": GO}[request.param], lambda _: None)
    folder = tmp_path / "checkout" / "examples" / request.param
    shutil.copytree(ROOT / "examples" / request.param, folder)
    ignore = shutil.ignore_patterns("node_modules", "bin")
    shutil.copytree(FOLDER, tmp_path / "checkout" / "sdk", ignore=ignore)
    shutil.copytree(venv, folder / ".venv", symlinks=True)
    return Project(folder, environment | _registries())


def _registries() -> dict[str, str]:
    """The user's variables for package registries and caches."""
    names = ["GOCACHE", "GOMODCACHE"]
    go = subprocess.run(["go", "env", *names], capture_output=True, text=True, check=True).stdout
    npm = {
        "npm_config_cache": str(Path.home() / ".npm"),
        "npm_config_userconfig": str(Path.home() / ".npmrc"),
    }
    inherited = {name: value for name, value in os.environ.items() if _INHERITED.search(name)}
    return inherited | npm | dict(zip(names, go.split(), strict=True))


@pytest.mark.parametrize("project", ["typescript", "go"], indirect=True)
def test_an_example_over_its_life(project: Project, emulator: Emulator) -> None:
    """Up as its README says, an empty preview, drift repaired, and destroyed."""
    live(project, emulator, "hidden-value")
