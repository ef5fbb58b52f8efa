"""The native classes beside the dynamic ones."""

from __future__ import annotations

import inspect

import pytest

import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native
from tools import docstrings


@pytest.mark.parametrize("name", ["Provider", "Runner", "Template"])
def test_a_program_moves_over_by_its_import_alone(name: str) -> None:
    """Both classes have the same arguments and outputs, each described to editors."""
    ours, theirs = getattr(native, name), getattr(dynamic, name)
    signature = inspect.signature(ours)
    assert signature == inspect.signature(theirs)
    assert docstrings.parameters(ours.__init__).keys() == signature.parameters.keys()
    outputs = list(docstrings.attributes(ours))
    assert outputs == list(docstrings.attributes(theirs))
    assert {"name", "created_at"} <= {one for one, *_ in outputs} or name == "Provider"
