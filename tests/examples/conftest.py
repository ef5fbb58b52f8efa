"""Projects of users: folders outside of the checkout, on the Pulumi CLI, with the built wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tests.terminal import Terminal
from tools.engine import ROOT, engine_environment
from tools.examples import copy_example

MakeProject = Callable[[Path], "Project"]


class Project(Terminal):
    """A folder, and the terminal in which a user works in it; no virtual environment is active."""

    def run(self, command: str, *, fails: bool = False) -> str:
        """Run a line of a shell and return all that it printed; it succeeds unless it ``fails``."""
        return self.execute("bash", "-c", command, fails=fails)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's wheel; where CI has taken the sources away, the one that it tests."""
    if not (ROOT / "pulumi_comfycontrol").exists():
        return next((ROOT / "dist").glob("*.whl"))
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    source = copy_checkout(folder / "source")
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def copy_checkout(folder: Path) -> Path:
    """Copy what a build needs, because a build leaves files beside the sources."""
    ignore = shutil.ignore_patterns(".*", "tests", "benchmarks", "tools", "build", "dist", "_build")
    return Path(shutil.copytree(ROOT, folder, ignore=ignore))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the tests have installed but the project itself, in place of a package index."""
    folder = tmp_path_factory.mktemp("packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not re.match(r"(__editable__\W*)?_*pulumi_comfycontrol", path.name):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="session")
def venv(wheel: Path, packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; what the wheel needs comes from that of the tests."""
    folder = tmp_path_factory.mktemp("venv") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    inner = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    (Path(inner) / "tests.pth").write_text(f"{packages}\n")
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True)
    return folder


@pytest.fixture
def environment(wheel: Path, tmp_path: Path, emulator: Emulator) -> dict[str, str]:
    """A user's environment: a home with nothing in it, and the emulator as ComfyControl."""
    (tmp_path / "home").mkdir()
    return engine_environment(tmp_path / "home") | {
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        "GOGC": "off",  # as in tests/conftest.py
        "GOMEMLIMIT": "400MiB",
        "PIP_NO_INDEX": "true",
        "PIP_FIND_LINKS": str(wheel.parent),
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "COMFYCONTROL_API_URL": emulator.url,
    }


@pytest.fixture
def project(venv: Path, environment: dict[str, str], tmp_path: Path) -> MakeProject:
    """Make projects from folders; ``pulumi install`` finds an environment with all but little."""

    def make(source: Path) -> Project:
        folder = copy_example(source, tmp_path / source.name)
        shutil.copytree(venv, folder / "venv", symlinks=True)
        return Project(folder, environment)

    return make
