"""Stacks on the real engine. Without an engine these tests fail; they are never skipped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import find_engine

from .harness import Stack
from .processes import providers

#: Seconds in which a provider has to end after its engine has.
_ENDS_WITHIN = 10.0


@pytest.fixture(autouse=True)
def _engine_leaves_nothing_running(tmp_path: Path) -> Iterator[None]:
    find_engine()
    yield
    end = time.monotonic() + _ENDS_WITHIN
    while (left := providers(tmp_path)) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Callable[..., Stack]:
    """Make stacks that share a home and an emulator."""

    def make(program: Callable[[], None], **options: Any) -> Stack:
        return Stack(program, options.pop("home", tmp_path), emulator, **options)

    return make
