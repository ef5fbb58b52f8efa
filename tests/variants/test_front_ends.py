"""Every reading of the API with both front-ends; in `make test` only a sample of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from .table import play
from .variants import VARIANTS, Variant

#: `make test` plays one of so many readings, with lost answers.
_STEP = 6


@pytest.mark.parametrize("door", ["dynamic provider", "native plugin"])
@pytest.mark.parametrize(
    ("variant", "lossy"),
    [
        pytest.param(
            variant,
            lossy,
            marks=() if lossy and number % _STEP == 0 else pytest.mark.soak,
            id=f"{variant}, {'lost answers' if lossy else 'plain'}",
        )
        for number, variant in enumerate(VARIANTS)
        for lossy in (False, True)
    ],
)
def test_a_variant_is_survived(tmp_path: Path, door: str, variant: Variant, lossy: bool) -> None:
    """A stack converges on the variant, or is refused where it must be, with true advice."""
    refusals = play(door, variant, tmp_path, lossy=lossy)
    assert refusals.keys() == variant.refusals(lossy=lossy).keys(), refusals
