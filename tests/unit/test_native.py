"""The native classes beside the dynamic ones."""

from __future__ import annotations

import inspect

import pytest

import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native


@pytest.mark.parametrize("name", ["Provider", "Runner", "Template"])
def test_a_program_moves_over_by_its_import_alone(name: str) -> None:
    """Both classes have the same arguments and outputs."""
    ours, theirs = getattr(native, name), getattr(dynamic, name)
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert inspect.get_annotations(ours) == inspect.get_annotations(theirs)
