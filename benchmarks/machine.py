"""The machine and the versions on which the figures depend."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tools.engine import find_engine


def machine() -> str:
    """Processor and cores."""
    cores = len(os.sched_getaffinity(0))
    return f"{_processor()}, {cores} cores, {platform.system()}"


def versions() -> str:
    """Python, SDK and engine."""
    engine = subprocess.run(
        [find_engine(), "version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    python = platform.python_version()
    return f"Python {python}, Pulumi SDK {version('pulumi')}, Pulumi engine {engine}"


def load() -> float:
    """How many processes wanted to run in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
