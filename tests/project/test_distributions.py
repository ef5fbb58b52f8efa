"""The distributions: what is in the sdist, and in the wheel that is built from it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: What work in a checkout leaves behind, the first with a token that may be in plain text.
LEFT_BEHIND = (
    *("examples/runner/Pulumi.dev.yaml", "examples/runner/venv/lib/x.py"),
    *("examples/typescript/node_modules/x/x.js", "sdk/nodejs/bin/index.js"),
    *("build/docs/site/index.html", "dist/x.whl", ".venv/x.py", ".tools/bin/pulumi"),
    *("tests/__pycache__/conftest.cpython-311.pyc", "pulumi_comfycontrol.egg-info/SOURCES.txt"),
)
#: What setuptools adds to an sdist.
_ADDED = "pulumi_comfycontrol.egg-info/"

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="only a checkout knows what git tracks"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist of the tracked files, among what was left behind, and its wheel."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    git = ["git", "-C", str(ROOT), "checkout-index", "--all", f"--prefix={source}/"]
    subprocess.run(git, check=True)
    for name in LEFT_BEHIND:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    build = [sys.executable, "-m", "build", "--no-isolation", f"--outdir={folder}", str(source)]
    subprocess.run(build, check=True, capture_output=True)
    return folder


def test_the_sdist_has_what_git_tracks(built: Path) -> None:
    """Tests, documentation and changelog are in it, and nothing of the builder's."""
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as files:
        names = {file.name.partition("/")[2] for file in files if file.isfile()}
    tracked = subprocess.check_output(["git", "-C", str(ROOT), "ls-files"], text=True).split()
    added = {name for name in names if name.startswith(_ADDED)} | {"PKG-INFO", "setup.cfg"}
    assert names - added == set(tracked)


def test_the_wheel_has_the_package(built: Path) -> None:
    """The wheel has modules, data files, commands and the pytest plugin, and nothing else."""
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        names = {name for name in files.namelist() if ".dist-info/" not in name}
        [entry_points] = [name for name in files.namelist() if name.endswith("/entry_points.txt")]
        text = files.read(entry_points).decode()
    tracked = subprocess.check_output(
        ["git", "-C", str(ROOT), "ls-files", "pulumi_comfycontrol"], text=True
    ).split()
    assert names == set(tracked)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    plugins = project["entry-points"]["pytest11"]
    expected = {f"{name} = {target}" for name, target in (project["scripts"] | plugins).items()}
    assert expected == {line for line in text.splitlines() if " = " in line}
