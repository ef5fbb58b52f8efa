"""Projects in other languages, in a copy of the checkout whose SDK is built once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.conftest import Project, environment, packages, venv, wheel
from tools.build import GO, NODEJS, build_host
from tools.engine import ROOT
from tools.sdk import FOLDER

__all__ = ["environment", "packages", "venv", "wheel"]

Example = Callable[[str], Project]
_INHERITED = re.compile("CERT|PROXY|^GO", re.IGNORECASE)


@pytest.fixture(scope="session")
def checkout(venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the SDKs and examples, with the plugin where each example looks for it."""
    folder = tmp_path_factory.mktemp("checkout")
    ignore = shutil.ignore_patterns("node_modules", "bin")
    shutil.copytree(FOLDER, folder / "sdk", ignore=ignore)
    for language in ("yaml", "typescript", "go"):
        example = folder / "examples" / language
        shutil.copytree(ROOT / "examples" / language, example)
        shutil.copytree(venv, example / ".venv", symlinks=True)
    for host in (NODEJS, GO):
        build_host(host, lambda _: None)
    return folder


@pytest.fixture
def example(checkout: Path, environment: dict[str, str]) -> Example:
    """Open an example by its language."""
    variables = environment | _registries()
    return lambda language: Project(checkout / "examples" / language, variables)


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
