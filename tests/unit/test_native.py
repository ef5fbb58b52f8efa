"""The native classes beside the dynamic ones."""

from __future__ import annotations

import inspect

import pulumi
import pytest

import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native
from tests.mocks import Mocks, mocked_engine
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


@pytest.mark.parametrize("with_parent", [False, True])
def test_a_resource_names_its_dynamic_predecessor(with_parent: bool) -> None:
    """The alias is the URN that the dynamic class of the same name has in the same place."""
    found: list[str] = []

    def program() -> None:
        parent = pulumi.ComponentResource("my:index:Farm", "farm") if with_parent else None
        opts = pulumi.ResourceOptions(parent=parent)
        arguments = {"name": "GPU", "endpoint": "http://gpu.example.com", "opts": opts}
        resource = native.Runner("gpu", **arguments)  # type: ignore[arg-type]
        predecessor = dynamic.Runner("gpu", **arguments)  # type: ignore[arg-type]
        pulumi.Output.all(*resource._aliases, predecessor.urn).apply(found.extend)

    with mocked_engine(Mocks()):
        pulumi.runtime.test(program)()
    # The mocks put the stack into a URN, where the engine leaves it out.
    alias, urn = (one.replace("pulumi:pulumi:Stack$", "") for one in found)
    assert alias == urn
