"""``pulumi import`` without the file of ``comfycontrol-import``: the claims of docs/import.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

TYPE = "pulumi-python:dynamic/comfycontrol:Runner"


@pytest.mark.parametrize("by_file", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_an_id_alone_is_not_enough(
    stack: Callable[..., Stack], emulator: Emulator, tmp_path: Path, by_file: bool
) -> None:
    """Pulumi finds a dynamic provider in the resource's own state only; nothing is changed."""
    runner = emulator.runners.seed(name="GPU", endpoint="https://comfy.example.com")
    one = stack(lambda: None)
    what = [TYPE, "gpu", runner["id"]]
    if by_file:
        file = tmp_path / "import.json"
        entry = dict(zip(("type", "name", "id"), what, strict=True))
        file.write_text(json.dumps({"resources": [entry]}))
        what = ["--file", str(file)]
    command = ["import", *what, "--yes", "--generate-code=false"]
    text = one.failure(lambda: one.automation._run_pulumi_cmd_sync(command))
    assert "KeyError: '__provider'" in text
    assert one.resources() == {}
    assert emulator.requests == []
