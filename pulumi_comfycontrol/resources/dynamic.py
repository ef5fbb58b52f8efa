"""Base of the dynamic resource classes: their provider, and inputs that are no properties."""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi
import pulumi.dynamic

from ..frontend.wire import ADOPT, IF_EXISTS, IMPORT_ID
from .base import KindResource


class DynamicResource(KindResource, pulumi.dynamic.Resource):
    """A resource that a dynamic provider manages."""

    _provider_class: ClassVar[type[pulumi.dynamic.ResourceProvider]]

    def _sdk_arguments(
        self,
        resource_name: str,
        properties: dict[str, Any],
        opts: pulumi.ResourceOptions,
        adopt: str | None,
        if_exists: str | None,
    ) -> tuple[Any, ...]:
        # For the option import_ the engine would need a provider that it cannot start yet
        # (pulumi/pulumi#16175). As an input, the id reaches ``create``, which then takes over the
        # object instead of making one.
        inputs = {IMPORT_ID: opts.import_, ADOPT: adopt, IF_EXISTS: if_exists}
        opts.import_ = None
        properties |= {name: value for name, value in inputs.items() if value is not None}
        return self._provider_class(), resource_name, properties, opts
