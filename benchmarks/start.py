"""The time until the package is imported, and until the plugin serves."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engine.plugin import write_launcher

PLUGIN = "pulumi-resource-comfycontrol"
_IMPORT = """\
import time, pulumi
started = time.perf_counter()
from pulumi_comfycontrol import Runner
print(time.perf_counter() - started)
"""
#: An installed package is compiled, so the first start here compiles what has changed.
_NOT_COMPILED = "PYTHONDONTWRITEBYTECODE"


def import_milliseconds() -> float:
    """Return the time to import ``Runner`` in a program that has imported ``pulumi``."""
    command = [sys.executable, "-c", _IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
    return float(done.stdout) * 1000


def plugin_milliseconds() -> float:
    """Return the time from the execution of the plugin's launcher to the line with its port."""
    with tempfile.TemporaryDirectory() as folder:
        launcher = write_launcher(Path(folder)) / PLUGIN
        started = time.monotonic()
        with subprocess.Popen(
            [launcher, "127.0.0.1:1"], stdout=subprocess.PIPE, text=True, env=_environment()
        ) as plugin:
            line = plugin.stdout.readline() if plugin.stdout else ""
            took = time.monotonic() - started
            plugin.terminate()
    if not line.strip().isdecimal():
        msg = f"the plugin printed {line!r} instead of its port"
        raise RuntimeError(msg)
    return took * 1000


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _NOT_COMPILED}
