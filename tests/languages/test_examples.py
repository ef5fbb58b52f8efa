"""The examples in other languages, by the commands of their READMEs."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tests.examples.life import live

from .conftest import Example

pytestmark = pytest.mark.languages


@pytest.mark.parametrize("language", ["typescript", "go"])
def test_an_example_over_its_life(example: Example, emulator: Emulator, language: str) -> None:
    """Up as its README says, an empty preview, drift repaired, and destroyed."""
    live(example(language), emulator, "hidden-value")
