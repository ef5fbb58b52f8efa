"""The resource :class:`Runner`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pulumi

from ..core.types.runner import RUNNER
from ..provider.runner import RunnerProvider
from .base import KindResource
from .declaration import takes_any_argument
from .dynamic import DynamicResource


class RunnerDeclaration(KindResource):
    """The arguments and outputs of a runner, for each front-end the same."""

    _kind = RUNNER

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
        """Declare a runner.

        :param name: The runner's name, 1 to 100 characters. Names need not be unique.
        :param endpoint: An http or https URL with a host.
        :param headers: HTTP headers, name to value. Always stored as a secret.
        :param tags: At most 10, each once, without commas; case counts, order does not.
        :param status: ``active``, as a new runner is, or ``disabled``.
        :param adopt: With ``import_``, "update" makes the runner equal the program.
            Otherwise a difference is an error. Has no effect on a native resource, which Pulumi
            itself changes.
        :param if_exists: Policy for an equal runner: "create" another one, "fail", or "adopt" it.
            Equal is one of the account with the same name and endpoint that no resource of the
            stack manages. "fail" names it; "adopt" takes it over, even where another stack manages
            it. ``comfycontrol:ifExists`` is the default.
        :param opts: Pulumi's options for every resource.
        :param resource_name: The resource's name in the program and in its URN.
        """
        arguments = {
            "name": name,
            "endpoint": endpoint,
            "headers": headers,
            "tags": tags,
            "status": status,
        }
        super().__init__(
            *self._declared(resource_name, arguments, opts, adopt=adopt, if_exists=if_exists)
        )


class Runner(RunnerDeclaration, DynamicResource, module="comfycontrol", name="Runner"):
    """A ComfyUI machine that is registered with ComfyControl.

    The rules for the arguments come from the API's page runners/create. A preview reports all
    invalid and unknown arguments of the program's resources at once. All arguments can be changed
    in place.
    """

    _provider_class = RunnerProvider
