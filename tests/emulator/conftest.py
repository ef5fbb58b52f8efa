"""An emulator in this process that answers any number of requests, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import Api


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Without the rate limit, which has tests of its own."""
    with Emulator(rate_limit=False) as one:
        yield one


@pytest.fixture
def api(emulator: Emulator) -> Iterator[Api]:
    """A client with the emulator's token."""
    with Api(emulator.url, emulator.token) as one:
        yield one
