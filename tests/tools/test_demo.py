"""``make demo``."""

from __future__ import annotations

import subprocess
import sys

from tools.engine import ROOT


def test_the_demo_passes_its_own_checks() -> None:
    """It shows each command, ends well and hides the header's value."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for command in ("preview", "up", "refresh", "destroy"):
        assert f"$ pulumi {command}" in done.stdout
    without_command = done.stdout.replace("'Bearer only-for-the-demo'", "")
    assert "only-for-the-demo" not in without_command + done.stderr
