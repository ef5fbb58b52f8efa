"""The Pulumi CLI that the demo, tests and benchmarks use, and the environment it runs in.

Standard library only: the set-up imports it before anything is installed.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
LAUNCHER = "pulumi-resource-pulumi-python"
PYTHON_HOST = "pulumi-language-python"
#: The programs that have to be in one folder: the CLI and those it starts for Python projects.
PARTS = ("pulumi", LAUNCHER, PYTHON_HOST)
#: The oldest CLI that the tests are known to pass on.
OLDEST = (3, 219, 0)


class MissingEngineError(Exception):
    """Missing or unusable CLI."""


@functools.cache
def find_engine() -> Path:
    """Return the path of ``pulumi``: a complete CLI on PATH, else the set-up's build."""
    for folder in candidates():
        if is_usable(folder):
            return folder / "pulumi"
    msg = "there is no Pulumi CLI with its Python language host here: run `make setup`"
    raise MissingEngineError(msg)


def candidates() -> Iterator[Path]:
    """Yield the folders to search, best first."""
    yield from (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder)
    yield BIN


def is_usable(folder: Path) -> bool:
    """Whether ``folder`` has a CLI that is new enough, and all that Python projects need."""
    if not all(shutil.which(name, path=str(folder)) for name in PARTS):
        return False
    try:
        return version_of(folder / "pulumi") >= OLDEST
    except (OSError, subprocess.TimeoutExpired):
        return False


def version_of(engine: Path) -> tuple[int, ...]:
    """Run ``pulumi version``."""
    answer = subprocess.run(
        [str(engine), "version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
    )
    return parse_version(answer.stdout)


def parse_version(text: str) -> tuple[int, ...]:
    """Read "v3.259.0"; anything else is version 0."""
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    return tuple(map(int, found.groups())) if found else (0,)


def engine_environment(home: Path) -> dict[str, str]:
    """Return an environment in which everything that the CLI writes lies below ``home``."""
    engine = find_engine()
    (home / "backend").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.pathsep.join([str(engine.parent), str(BIN), os.environ.get("PATH", "")]),
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_BACKEND_URL": (home / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "not-a-secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "COMFYCONTROL_STATE_DIR": str(home / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
