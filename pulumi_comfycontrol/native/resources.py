"""The resources :class:`Runner` and :class:`Template` on the native plugin."""

from __future__ import annotations

from typing import Any

import pulumi

from ..frontend.names import from_wire_name, type_token
from ..frontend.wire import IF_EXISTS_PROPERTY
from ..resources.base import KindResource
from ..resources.runner import RunnerDeclaration
from ..resources.template import TemplateDeclaration


class NativeResource(KindResource):
    """A resource that the plugin manages; its outputs have the API's names in Python.

    It is the successor of a dynamic resource with the same name. ``adopt`` has no effect: with
    ``ResourceOptions(import_=…)`` Pulumi itself takes over the object and changes it.
    """

    def _former(
        self, resource_name: str, opts: pulumi.ResourceOptions | None
    ) -> list[str | pulumi.Alias]:
        dynamic = f"pulumi-python:dynamic/comfycontrol:{self._kind.class_name}"
        if opts is not None and opts.parent is not None:
            return [pulumi.Alias(type_=dynamic)]
        # The same, but the SDK would need a seventh of all calls to register a resource for it.
        stack = f"{pulumi.get_stack()}::{pulumi.get_project()}"
        return [f"urn:pulumi:{stack}::{dynamic}::{resource_name}"]

    def _sdk_arguments(
        self,
        resource_name: str,
        properties: dict[str, Any],
        opts: pulumi.ResourceOptions,
        adopt: str | None,
        if_exists: str | None,
    ) -> tuple[Any, ...]:
        del adopt
        properties[IF_EXISTS_PROPERTY] = if_exists
        return type_token(self._kind), resource_name, properties, opts

    def translate_output_property(self, prop: str) -> str:
        """Return the name in Python of a property in the schema."""
        return from_wire_name(prop)


class Runner(RunnerDeclaration, NativeResource):
    """A ComfyUI machine; declared like :class:`pulumi_comfycontrol.Runner`."""


class Template(TemplateDeclaration, NativeResource):
    """A workflow with placeholders; declared like :class:`pulumi_comfycontrol.Template`."""
