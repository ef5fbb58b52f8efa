"""Functions with unusual arguments and answers."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

import pulumi_comfycontrol as comfycontrol
from pulumi_comfycontrol.emulator import Emulator

MACHINE = {"name": "GPU", "endpoint": "http://x", "tags": ["gpu"]}


@pytest.fixture(autouse=True)
def _account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"tags": "gpu"}, "tags must be a list of strings"),
        ({"tags": [5]}, "tags must be a list of strings"),
        ({"status": "Active"}, "status must be 'active' or 'disabled', but it is 'Active'"),
    ],
)
def test_a_wrong_filter_is_an_error_and_not_an_empty_result(
    emulator: Emulator, arguments: dict[str, Any], sentence: str
) -> None:
    """An empty result would hide the mistake."""
    emulator.runners.seed(**MACHINE)
    with pytest.raises(pulumi.RunError, match=sentence):
        comfycontrol.get_runners(**arguments)


def test_filters_fit_together(emulator: Emulator) -> None:
    """Status, all of the tags, and a pattern of the name."""
    emulator.runners.seed(**MACHINE)
    emulator.runners.seed(**MACHINE | {"name": "CPU", "tags": ["cpu", "gpu"], "status": "disabled"})
    names = [one.name for one in comfycontrol.get_runners(tags=["gpu"])]
    assert names == ["CPU", "GPU"]
    assert [one.name for one in comfycontrol.get_runners(tags={"cpu", "gpu"})] == ["CPU"]
    assert [one.name for one in comfycontrol.get_runners(status="active")] == ["GPU"]
    assert [one.name for one in comfycontrol.get_runners(name="?PU", tags=["cpu"])] == ["CPU"]


@pytest.mark.parametrize("id_", ["", ".", "..", "\ud800"])
def test_an_id_that_names_another_path_is_refused(emulator: Emulator, id_: str) -> None:
    """Nothing is sent."""
    with pytest.raises(pulumi.RunError, match="can't be an id"):
        comfycontrol.get_runner(id_)
    assert emulator.requests == []


def test_a_function_needs_an_id_or_a_name() -> None:
    """A call with neither an id nor a name, or with both, is a mistake."""
    for arguments in ({}, {"id": "1", "name": "x"}):
        with pytest.raises(pulumi.RunError, match="by id or by name"):
            comfycontrol.get_runner(**arguments)
