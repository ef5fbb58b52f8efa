"""Base class of the native resources: names of outputs, and the alias of the dynamic type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from ..core.types.kind import Kind
from ..frontend.names import from_wire_name, type_token


class NativeResource(pulumi.CustomResource):
    """A resource of the plugin ``comfycontrol``; its outputs have the API's names in Python."""

    def _declare(
        self,
        kind: Kind,
        resource_name: str,
        properties: Mapping[str, Any],
        secret_outputs: Iterable[str],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        """Register the resource, as the successor of a dynamic one with the same name."""
        dynamic = pulumi.Alias(type_=f"pulumi-python:dynamic/comfycontrol:{kind.class_name}")
        own = pulumi.ResourceOptions(aliases=[dynamic], additional_secret_outputs=[*secret_outputs])
        merged = pulumi.ResourceOptions.merge(own, opts)
        super().__init__(type_token(kind), resource_name, dict(properties), merged)

    def translate_output_property(self, prop: str) -> str:
        """Return the name in Python of a property in the schema."""
        return from_wire_name(prop)
