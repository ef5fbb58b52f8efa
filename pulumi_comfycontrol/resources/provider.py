"""The explicit provider :class:`Provider`: one ComfyControl account of several."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi.runtime import get_config

from ..core.config import ACCOUNT_KEY, NAMESPACE, SETTINGS, default_key
from ..frontend.names import PACKAGE

#: A type of the package to which all dynamic resources and their providers belong.
_DYNAMIC_TYPE = "pulumi-python:dynamic:Resource"
_NATIVE_TYPE = f"{PACKAGE}:index:Runner"


class Account(pulumi.ProviderResource):
    """An explicit provider of either front-end."""

    #: Settings by full key; the functions, which run in the program itself, need them there.
    _arguments: Mapping[str, pulumi.Input[str]]


def account_arguments(
    name: str, api_token: pulumi.Input[str], api_url: pulumi.Input[str] | None
) -> dict[str, pulumi.Input[str]]:
    """Return the settings of an explicit provider's own, by full key."""
    given = {ACCOUNT_KEY: name, f"{NAMESPACE}:apiToken": api_token, f"{NAMESPACE}:apiUrl": api_url}
    return {key: value for key, value in given.items() if value is not None}


class Provider(Account):
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
        # Pulumi gives an explicit provider no stack config, so it is passed on here.
        stack = {
            default_key(row.key): get_config(f"{NAMESPACE}:{row.key}")
            for row in SETTINGS
            if row.key and row.name != "token"
        }
        inherited = {key: value for key, value in stack.items() if value is not None}
        self._arguments = account_arguments(resource_name, api_token, api_url) | inherited
        secret = {key for row in SETTINGS if row.secret for key in _keys(row.key)}
        hidden = {
            key: pulumi.Output.secret(value)
            for key, value in self._arguments.items()
            if key in secret
        }
        # "pulumi-python" is the package of all dynamic resources.
        super().__init__("pulumi-python", resource_name, {**self._arguments, **hidden}, opts)


def inherited_account(parent: pulumi.Resource | None) -> Account | None:
    """Return the explicit provider that a parent hands on, of either front-end."""
    if parent is None:
        return None
    found = map(parent.get_provider, (_DYNAMIC_TYPE, _NATIVE_TYPE))
    return next((one for one in found if isinstance(one, Account)), None)


def _keys(key: str) -> tuple[str, str]:
    return f"{NAMESPACE}:{key}", default_key(key)
