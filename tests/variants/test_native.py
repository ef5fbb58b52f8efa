"""Every reading of the API with the native plugin, with lost answers.

The lives without lost answers are played by `python -m tests.variants`: the core's cover them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .table import play
from .variants import VARIANTS, Variant


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_variant_is_survived(tmp_path: Path, variant: Variant) -> None:
    """It converges, or is refused where it must be, with an advice that is true."""
    refusals = play("native plugin", variant, tmp_path, lossy=True)
    assert refusals.keys() == variant.refusals(lossy=True).keys(), refusals
