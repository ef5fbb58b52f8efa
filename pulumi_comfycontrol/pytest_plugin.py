"""Pytest fixtures for tests of programs that use this provider; pytest finds them by itself.

They need the extra ``emulator``, and start nothing until a test requests one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator

#: A limit above the needs of any test, so that neither provider nor emulator delays requests.
FREE_QUOTA = "100000/1"


@pytest.fixture
def comfycontrol_environment(
    comfycontrol_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The variables that lead the provider to the emulator, for the environment of a process.

    The state folder is a temporary one, and the quota is free.
    """
    return {
        "COMFYCONTROL_API_URL": comfycontrol_emulator.url,
        "COMFYCONTROL_API_TOKEN": comfycontrol_emulator.token,
        "COMFYCONTROL_QUOTA": FREE_QUOTA,
        "COMFYCONTROL_STATE_DIR": str(tmp_path_factory.mktemp("comfycontrol")),
    }


@pytest.fixture
def comfycontrol_emulator() -> Iterator[Emulator]:
    """An emulator with an empty account and without rate limit, which no settings point to yet."""
    from .emulator import Emulator

    try:
        import flask  # noqa: F401
    except ModuleNotFoundError:
        pytest.fail(
            "the fixture needs the emulator: pip install 'pulumi-comfycontrol[emulator]'",
            pytrace=False,
        )
    with Emulator(rate_limit=False) as emulator:
        yield emulator


@pytest.fixture
def comfycontrol(
    comfycontrol_emulator: Emulator,
    comfycontrol_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Emulator:
    """An emulator that the functions and resources of this process use."""
    for name, value in comfycontrol_environment.items():
        monkeypatch.setenv(name, value)
    return comfycontrol_emulator
