"""The dynamic providers before the first operation."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
from pulumi.dynamic import Config, ConfigureRequest
from pulumi_comfycontrol.provider.runner import RunnerProvider

kinds = {f"pulumi_comfycontrol.core.types.{name}" for name in ("runner", "template")}
assert not kinds & sys.modules.keys()
RunnerProvider().configure(ConfigureRequest(Config({}, "project")))
assert kinds <= sys.modules.keys()
"""


def test_the_kinds_are_loaded_by_one_thread() -> None:
    """Later the host's threads would load them at once, and fail with an ImportError."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
