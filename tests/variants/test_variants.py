"""Every reading of the API with every door, with and without lost answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from .doors import DOORS
from .life import Life
from .variants import VARIANTS, Variant


@pytest.mark.parametrize("lossy", [False, True], ids=["plain", "lost answers"])
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_variant_is_survived(tmp_path: Path, door: str, variant: Variant, lossy: bool) -> None:
    """It converges, or is refused where it must be, with an advice that is true."""
    one = DOORS[door](tmp_path, variant.settings)
    try:
        refusals = Life(one, lossy=lossy).play()
    finally:
        one.close()
    assert refusals.keys() == variant.refuses.keys(), refusals
