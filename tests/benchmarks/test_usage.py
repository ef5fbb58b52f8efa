"""The watch on provider processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.usage import watching

#: Takes about 0.3 s of processor time and 50 MB, in a thread.
_WORK = """
import threading, time
def work():
    global kept
    kept = bytearray(50_000_000)
    while time.process_time() < 0.3:
        pass
threading.Thread(target=work).start()
"""


def run(marker: str, name: str = "pulumi.dynamic") -> None:
    """Run a process that looks like a provider's."""
    subprocess.run([sys.executable, "-c", _WORK, name], env={"HOME": marker}, check=True)


def test_time_and_memory_of_all_threads_are_seen(tmp_path: Path) -> None:
    """But for the last moment, and only of processes that have the marker."""
    with watching(str(tmp_path)) as watch:
        run(str(tmp_path))
        run("/elsewhere")
    assert 0.15 <= watch.usage.cpu <= 0.6
    assert watch.usage.memory > 50_000_000


def test_no_provider_process_is_an_error(tmp_path: Path) -> None:
    """A measurement that saw nothing is no measurement of nothing."""
    with watching(str(tmp_path)) as watch:
        run(str(tmp_path), "another")
    with pytest.raises(LookupError, match="no provider process"):
        _ = watch.usage
