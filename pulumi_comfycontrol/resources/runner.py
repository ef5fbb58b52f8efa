"""The resource :class:`Runner`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import pulumi
import pulumi.dynamic

from ..provider.runner import RunnerProvider
from .imports import take_import

if TYPE_CHECKING:
    from typing import Never


class Runner(pulumi.dynamic.Resource, module="comfycontrol", name="Runner"):
    """A ComfyUI machine that is registered with ComfyControl.

    The rules for the arguments come from the API's page runners/create; what breaks one is
    reported in preview. All arguments can be changed in place.
    """

    name: pulumi.Output[str]
    """1 to 100 characters."""
    endpoint: pulumi.Output[str]
    """The http or https URL under which ComfyControl reaches the machine."""
    headers: pulumi.Output[dict[str, str]]
    """HTTP headers that ComfyControl sends to the machine; secret in state and in all output."""
    tags: pulumi.Output[list[str]]
    """The runner's tags; without any it takes every workflow."""
    status: pulumi.Output[str]
    """``active`` or ``disabled``."""
    user_id: pulumi.Output[str]
    """The id of the account that owns the runner."""
    created_at: pulumi.Output[str]
    """When the runner was created: ISO 8601, UTC."""
    updated_at: pulumi.Output[str]
    """When the runner was last changed: ISO 8601, UTC."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        endpoint: pulumi.Input[str],
        headers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        status: pulumi.Input[str] | None = None,
        adopt: Literal["update"] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **unknown: Never,
    ) -> None:
        """Declare a runner.

        :param resource_name: The resource's name in the program and in its URN.
        :param name: The runner's name, 1 to 100 characters. Names need not be unique.
        :param endpoint: An http or https URL with a host.
        :param headers: HTTP headers, name to value. Always stored as a secret.
        :param tags: At most 10, each once, without commas; case counts, order does not.
        :param status: ``active`` (what a new runner is) or ``disabled``.
        :param adopt: With ``ResourceOptions(import_=…)``: "update" changes the existing runner to
            what the program says; otherwise a difference is an error.
        :param opts: Pulumi's options for every resource.
        :param unknown: Anything else is reported in preview, together with all other faults.
        """
        adoption, opts = take_import(opts, adopt)
        inputs: dict[str, Any] = {
            **unknown,
            "name": name,
            "endpoint": endpoint,
            "headers": None if headers is None else pulumi.Output.secret(headers),
            "tags": tags,
            "status": status,
        }
        outputs = dict.fromkeys(("user_id", "created_at", "updated_at"))
        secrets = pulumi.ResourceOptions(additional_secret_outputs=["headers"])
        super().__init__(
            RunnerProvider(),
            resource_name,
            # Outputs come first: an argument of such a name is then reported as unknown.
            {**outputs, **inputs, **adoption},
            pulumi.ResourceOptions.merge(secrets, opts),
        )

    @classmethod
    def get(
        cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> Self:
        """Read the runner with ``id`` without managing it; an unknown id is an error."""
        given: Any = None
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        return cls(resource_name, name=given, endpoint=given, opts=opts)
