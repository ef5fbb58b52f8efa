"""The resource :class:`Runner` on the native plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import pulumi

from ..core.types.runner import RUNNER
from ..frontend.wire import IF_EXISTS_PROPERTY
from ..resources.declaration import checked, takes_any_argument
from .resource import NativeResource


class Runner(NativeResource):
    """A ComfyUI machine that is registered with ComfyControl.

    The arguments and outputs are those of :class:`pulumi_comfycontrol.Runner`.
    """

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    headers: pulumi.Output[dict[str, str]]
    tags: pulumi.Output[list[str]]
    status: pulumi.Output[str]
    user_id: pulumi.Output[str]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]

    @takes_any_argument
    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        endpoint: pulumi.Input[str],
        headers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        status: Literal["active", "disabled"] | pulumi.Input[str] | None = None,
        adopt: Literal["update"] | None = None,
        if_exists: Literal["create", "fail", "adopt"] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a runner; see :class:`pulumi_comfycontrol.Runner` for the arguments.

        With ``ResourceOptions(import_=…)`` Pulumi itself takes the existing runner over and
        changes it to the program's values, so that ``adopt`` has no effect here.
        """
        del adopt
        opts = pulumi.ResourceOptions.merge(None, opts)
        arguments = {
            "name": name,
            "endpoint": endpoint,
            "headers": headers,
            "tags": tags,
            "status": status,
        }
        inputs = checked(self, RUNNER, resource_name, arguments, opts)
        if headers is not None:
            inputs["headers"] = pulumi.Output.secret(inputs["headers"])
        outputs = dict.fromkeys(("user_id", "created_at", "updated_at"))
        properties = {**outputs, **inputs, IF_EXISTS_PROPERTY: if_exists}
        self._declare(RUNNER, resource_name, properties, ["headers"], opts)

    @classmethod
    def get(
        cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> Self:
        """Read the runner with ``id`` without managing it; an unknown id is an error."""
        given: Any = None
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        return cls(resource_name, name=given, endpoint=given, opts=opts)
