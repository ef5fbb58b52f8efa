"""The example in YAML, by the commands of its README."""

from __future__ import annotations

import shutil
from pathlib import Path

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT
from tools.examples import copy_example

from .conftest import Project
from .life import live


def test_the_yaml_example_over_its_life(
    venv: Path, environment: dict[str, str], tmp_path: Path, emulator: Emulator
) -> None:
    """Up as its README says, an empty preview, drift repaired, and destroyed."""
    folder = copy_example(ROOT / "examples" / "yaml", tmp_path / "yaml")
    shutil.copytree(venv, folder / ".venv", symlinks=True)
    live(Project(folder, environment), emulator, "hidden-value")
