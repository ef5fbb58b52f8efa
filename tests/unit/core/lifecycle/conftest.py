"""Fixtures of the tests of lifecycles: a provider process and an emulator that share one clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.progress import listening
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import Heard, WallClock, make_lifecycle


@pytest.fixture
def clock() -> WallClock:
    """The time of the emulator and of all processes, which advances only while they sleep."""
    return WallClock()


@pytest.fixture
def emulator(clock: WallClock) -> Iterator[Emulator]:
    """A ComfyControl in that time, without a limit."""
    with Emulator(clock=clock, rate_limit=False) as one:
        yield one


@pytest.fixture
def lifecycle(emulator: Emulator, tmp_path: Path, clock: WallClock) -> Lifecycle:
    """The runners of a provider process."""
    return make_lifecycle(emulator, tmp_path, clock=clock)


@pytest.fixture
def heard() -> Iterator[Heard]:
    """The messages during a test."""
    one = Heard()
    with listening(one):
        yield one
