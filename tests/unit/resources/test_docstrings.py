"""Docstrings as editors show them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import pulumi_comfycontrol as comfycontrol

CALLABLES = {
    "Provider": comfycontrol.Provider.__init__,
    "Runner": comfycontrol.Runner.__init__,
    "Template": comfycontrol.Template.__init__,
    **{name: getattr(comfycontrol, name) for name in comfycontrol.__all__ if name.islower()},
}


@pytest.mark.parametrize("name", CALLABLES)
def test_hovering_over_an_argument_shows_its_own_description(name: str) -> None:
    """Pylance takes the first line that has the argument's name and a colon, wherever it stands.

    So ``resource_name`` has to come after ``name``, which is a part of it.
    """
    function: Any = CALLABLES[name]
    lines = [line.strip() for line in (inspect.getdoc(function) or "").splitlines()]
    parameters = [one for one in inspect.signature(function).parameters if one != "self"]
    for parameter in parameters:
        first = next(line for line in lines if f"{parameter}: " in line)
        assert first.startswith(f":param {parameter}: ")


@pytest.mark.parametrize("name", CALLABLES)
def test_the_first_line_of_an_argument_s_description_stands_alone(name: str) -> None:
    """The first line is a whole sentence, because Pylance shows no more of it on hovering."""
    lines = (inspect.getdoc(CALLABLES[name]) or "").splitlines()
    first = [line for line in lines if line.startswith(":param")]
    assert first
    assert [line for line in first if not line.endswith(".")] == []


def test_each_output_form_has_a_docstring_of_its_own() -> None:
    """The docstring of a form for outputs describes the difference and every argument."""
    for name in comfycontrol.__all__:
        if name.endswith("_output"):
            plain = inspect.getdoc(getattr(comfycontrol, name.removesuffix("_output"))) or ""
            own = inspect.getdoc(getattr(comfycontrol, name)) or ""
            assert "as an output" in own.partition("\n")[0]
            assert own.count(":param") == plain.count(":param") > 0
