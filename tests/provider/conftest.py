"""Fixtures of the provider's tests: simulated processes, and lines shown after all tests."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import simulation

__all__ = ["simulation"]

_LINES = pytest.StashKey[list[str]]()


@pytest.fixture
def summary(pytestconfig: pytest.Config) -> list[str]:
    """Lines to show at the end."""
    return pytestconfig.stash.setdefault(_LINES, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show them."""
    for line in config.stash.get(_LINES, []):
        terminalreporter.write_line(line)
