"""Fixtures of the tests whose provider shares the emulator's time."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import WallClock, make_lifecycle


@pytest.fixture
def clock() -> WallClock:
    """The time of the emulator and of all processes."""
    return WallClock()


@pytest.fixture
def lifecycle(emulator: Emulator, tmp_path: Path, clock: WallClock) -> Lifecycle:
    """The runners of a provider process."""
    return make_lifecycle(emulator, tmp_path, clock=clock)
