"""Every reading of the API with the core itself, with lost answers; plainly in `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .table import play
from .variants import VARIANTS, Variant


@pytest.mark.parametrize(
    "lossy",
    [pytest.param(False, marks=pytest.mark.soak, id="plain"), pytest.param(True, id="lost")],
)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_variant_is_survived(tmp_path: Path, variant: Variant, lossy: bool) -> None:
    """A stack converges on the variant, or is refused where it must be, with true advice."""
    refusals = play("core", variant, tmp_path, lossy=lossy)
    assert refusals.keys() == variant.refusals(lossy=lossy).keys(), refusals
