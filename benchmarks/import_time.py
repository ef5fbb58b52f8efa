"""The time to import the package on top of ``import pulumi``."""

from __future__ import annotations

import subprocess
import sys

PACKAGE = "pulumi_comfycontrol"


def import_milliseconds() -> float:
    """Return the time of the package and of all that only the package imports."""
    command = [sys.executable, "-X", "importtime", "-c", f"import pulumi, {PACKAGE}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in done.stderr.splitlines():
        own, _, name = line.rpartition("|")
        if name.strip() == PACKAGE:
            return int(own.rpartition("|")[2]) / 1000
    raise LookupError(PACKAGE)
