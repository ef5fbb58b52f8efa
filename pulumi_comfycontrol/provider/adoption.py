"""``ResourceOptions(import_=…)``, ``adopt`` and ``if_exists``, which reach a provider as inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..frontend.wire import ADOPT, IF_EXISTS, IMPORT_ID


def adoption_faults(inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each broken rule."""
    adopt, id_ = inputs.get(ADOPT), inputs.get(IMPORT_ID)
    if inputs.get(IF_EXISTS) not in {None, "create", "fail", "adopt"}:
        yield "if_exists must be 'create', 'fail' or 'adopt', or left out"
    if adopt not in {None, "update"}:
        yield "adopt must be 'update' or left out"
    elif adopt and not id_:
        yield "adopt='update' needs the id of an existing object in ResourceOptions(import_=…)"
