"""The resource :class:`Template` on the native plugin."""

from __future__ import annotations

from typing import Any, Literal, Self

import pulumi

from ..core.types.template import TEMPLATE
from ..frontend.wire import IF_EXISTS_PROPERTY
from ..resources.declaration import checked, takes_any_argument
from ..resources.template import Body, json_body
from .resource import NativeResource


class Template(NativeResource):
    """A workflow with placeholders that ComfyControl keeps for its users.

    The arguments and outputs are those of :class:`pulumi_comfycontrol.Template`.
    """

    name: pulumi.Output[str]
    description: pulumi.Output[str]
    body: pulumi.Output[str]
    placeholders: pulumi.Output[list[dict[str, Any]]]
    user_id: pulumi.Output[str]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]

    @takes_any_argument
    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        description: pulumi.Input[str],
        body: pulumi.Input[Body],
        adopt: Literal["update"] | None = None,
        if_exists: Literal["create", "fail", "adopt"] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a template; see :class:`pulumi_comfycontrol.Template` for the arguments.

        With ``ResourceOptions(import_=…)`` Pulumi itself takes the existing template over and
        changes it to the program's values, so that ``adopt`` has no effect here.
        """
        del adopt
        opts = pulumi.ResourceOptions.merge(None, opts)
        arguments = {"name": name, "description": description, "body": json_body(body)}
        inputs = checked(self, TEMPLATE, resource_name, arguments, opts)
        # Placeholders have texts of the body, whose outputs may turn out to be secret only later.
        secret = ["placeholders"] if isinstance(arguments["body"], pulumi.Output) else []
        outputs = dict.fromkeys(("placeholders", "user_id", "created_at", "updated_at"))
        properties = {**outputs, **inputs, IF_EXISTS_PROPERTY: if_exists}
        self._declare(TEMPLATE, resource_name, properties, secret, opts)

    @classmethod
    def get(
        cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> Self:
        """Read the template with ``id`` without managing it; an unknown id is an error."""
        given: Any = None
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        return cls(resource_name, name=given, description=given, body=given, opts=opts)
