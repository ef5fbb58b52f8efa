"""The folder that becomes a release's archive."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "release"


def test_the_archive_asks_for_this_version() -> None:
    """An archive of another version would run another plugin than its name says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [line] = (RELEASE / "requirements.txt").read_text().splitlines()
    assert line == f"{project['name']}=={project['version']}"


def test_the_language_host_makes_the_environment() -> None:
    """Without the option it installs nothing (pulumi/pulumi#18209)."""
    plugin = yaml.safe_load((RELEASE / "PulumiPlugin.yaml").read_text())
    assert plugin["runtime"] == {"name": "python", "options": {"virtualenv": "venv"}}


def test_the_archive_serves() -> None:
    """The archive's program prints its port first, as the engine expects."""
    command = [sys.executable, str(RELEASE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert int(process.stdout.readline()) > 0
        process.terminate()
