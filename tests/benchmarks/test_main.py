"""The command that measures and writes the page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.soak
def test_a_run_writes_the_page(tmp_path: Path) -> None:
    """With one runner, and some of the parts: a crash would else show after a real run's minutes.

    A part that fails does not end the run, but is a missed target.
    """
    command = [sys.executable, "-m", "benchmarks", "--runners", "1", "--runs", "1"]
    done = subprocess.run(
        [*command, "--only", "up,large-destroy,start", "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    page = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert "can be measured" not in page, page
    assert "MISSED" in done.stdout or done.returncode == 0, done.stderr
    for title in ("In short", "Targets", "One stack of 1 runners", "One stack of 10 runners"):
        assert f"## {title}" in page
