"""Stacks on the real engine. Without an engine these tests fail; they are never skipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import find_engine

from .harness import Stack

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def _engine_leaves_nothing_running() -> Iterator[None]:
    find_engine()
    yield
    assert _provider_processes() == []


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Callable[..., Stack]:
    """Make stacks that share a home and an emulator."""

    def make(program: Callable[[], None], **options: Any) -> Stack:
        return Stack(program, options.pop("home", tmp_path), emulator, **options)

    return make


def _provider_processes() -> list[str]:
    """Provider processes that were started for an engine of this test run and still live."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode().split("\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if "pulumi.dynamic" in command and state[0] != "Z" and int(state[1]) == os.getpid():
            found.append(" ".join(command))
    return found
