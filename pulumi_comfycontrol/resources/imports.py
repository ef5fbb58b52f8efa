"""Inputs for ``create`` that are no properties of the object, such as ``adopt``."""

from __future__ import annotations

from typing import Any

import pulumi

from ..frontend.wire import ADOPT, IF_EXISTS, IMPORT_ID


def take_import(
    opts: pulumi.ResourceOptions | None, adopt: str | None, if_exists: str | None
) -> tuple[dict[str, Any], pulumi.ResourceOptions]:
    """Move the id out of a copy of the options.

    The engine would need a provider that it can't start yet (pulumi/pulumi#16175). As an input,
    the id reaches ``create``, which then takes over the object instead of making one.
    """
    own = pulumi.ResourceOptions.merge(None, opts)
    id_, own.import_ = own.import_, None
    inputs = {IMPORT_ID: id_, ADOPT: adopt, IF_EXISTS: if_exists}
    return {name: value for name, value in inputs.items() if value is not None}, own
