"""The explicit provider :class:`Provider`: one ComfyControl account of several."""

from __future__ import annotations

import pulumi
from pulumi.runtime import get_config

from ..core.config import ACCOUNT_KEY, NAMESPACE, SETTINGS, default_key

#: A type of the package to which all dynamic resources and their providers belong.
_DYNAMIC_TYPE = "pulumi-python:dynamic:Resource"


class Provider(pulumi.ProviderResource):
    """An account for the resources with ``ResourceOptions(provider=…)``.

    Other settings come from the environment or the stack config, as for resources without a
    provider. All accounts share the host's quota, which the API counts by address.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        api_token: pulumi.Input[str],
        api_url: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare an account.

        :param api_token: The account's token; stored encrypted in the state.
        :param api_url: The API's URL; by default the public one.
        :param resource_name: The provider's name in the program; shown in messages.
        :param opts: Pulumi's options for every resource.
        """
        given = {f"{NAMESPACE}:apiToken": api_token, f"{NAMESPACE}:apiUrl": api_url}
        # Pulumi gives an explicit provider no stack config, so it is passed on here.
        stack = {
            default_key(row.key): get_config(f"{NAMESPACE}:{row.key}")
            for row in SETTINGS
            if row.key and row.name != "token"
        }
        #: The functions need these in the program itself.
        self._arguments: dict[str, pulumi.Input[str]] = {ACCOUNT_KEY: resource_name} | {
            key: value for key, value in (given | stack).items() if value is not None
        }
        secret = {key for row in SETTINGS if row.secret for key in _keys(row.key)}
        hidden = {
            key: pulumi.Output.secret(value)
            for key, value in self._arguments.items()
            if key in secret
        }
        # "pulumi-python" is the package of all dynamic resources.
        super().__init__("pulumi-python", resource_name, {**self._arguments, **hidden}, opts)


def explicit_provider(
    provider: pulumi.ProviderResource | None, parent: pulumi.Resource | None
) -> pulumi.ProviderResource | None:
    """Return the provider in the options, or the one inherited from a parent."""
    if provider is not None or parent is None:
        return provider
    return parent.get_provider(_DYNAMIC_TYPE)


def _keys(key: str) -> tuple[str, str]:
    return f"{NAMESPACE}:{key}", default_key(key)
