"""The index of the documentation, and the examples, are complete."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tools.engine import ROOT

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/Pulumi.yaml"))
#: The others use the native plugin, from other languages.
PYTHON = [path for path in EXAMPLES if (path / "__main__.py").exists()]


def test_the_index_names_every_page_and_example() -> None:
    """A page or an example has a line in docs/README.md."""
    text = (ROOT / "docs" / "README.md").read_text()
    named = set(re.findall(r"\]\(([^)]+)\)", text))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages | {f"../examples/{example.name}" for example in EXAMPLES} <= named


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one not in PYTHON], ids=lambda example: example.name
)
def test_an_example_in_another_language_names_the_plugin_s_folder(example: Path) -> None:
    """The folder of a virtual environment beside it, so that nothing has to be activated."""
    assert {"README.md", "Pulumi.yaml", ".gitignore"} <= {path.name for path in example.iterdir()}
    project = yaml.safe_load((example / "Pulumi.yaml").read_text())
    assert project["name"] == example.name
    assert project["runtime"] in {"nodejs", "go", "yaml"}
    plugin = {"name": "comfycontrol", "path": ".venv/bin"}
    assert project["plugins"] == {"providers": [plugin]}
    assert ".venv/" in (example / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("example", PYTHON, ids=lambda example: example.name)
def test_every_example_is_a_whole_project(example: Path) -> None:
    """It has a README, and a project file and requirements that fit its name and this release."""
    assert {"README.md", "Pulumi.yaml", "__main__.py", "requirements.txt", ".gitignore"} <= {
        path.name for path in example.iterdir()
    }
    project = yaml.safe_load((example / "Pulumi.yaml").read_text())
    assert project["name"] == example.name
    assert project["runtime"] == {
        "name": "python",
        "options": {"toolchain": "pip", "virtualenv": "venv"},
    }
    needs = (example / "requirements.txt").read_text().splitlines()
    assert all(">=" in line for line in needs)
    [ours] = [Requirement(line) for line in needs if line.startswith("pulumi-comfycontrol")]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert ours.specifier.contains(version)
