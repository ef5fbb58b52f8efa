"""The Pulumi engine that tests, benchmarks and the demo use, and the environment it runs in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".tools" / "bin"
LAUNCHER = "pulumi-resource-pulumi-python"


class MissingEngineError(Exception):
    """There is no engine on this machine yet."""


def find_engine() -> Path:
    """Return the engine's program: what ``make setup`` built, or a complete one on PATH."""
    for folder in (BIN, *map(Path, os.environ.get("PATH", "").split(os.pathsep))):
        if all(shutil.which(name, path=str(folder)) for name in ("pulumi", LAUNCHER)):
            return folder / "pulumi"
    msg = "there is no Pulumi engine here: run `make setup`"
    raise MissingEngineError(msg)


def engine_environment(home: Path) -> dict[str, str]:
    """Return an environment in which everything that the engine writes lies below ``home``."""
    engine = find_engine()
    (home / "backend").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.pathsep.join([str(engine.parent), os.environ.get("PATH", "")]),
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_BACKEND_URL": (home / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "not-a-secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "COMFYCONTROL_STATE_DIR": str(home / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
