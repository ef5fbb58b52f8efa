"""The explicit provider :class:`Provider`: one ComfyControl account of several."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import pulumi
from pulumi.runtime import get_config

from ..core.config import ACCOUNT_KEY, NAMESPACE, SETTINGS, default_key
from ..frontend.names import PACKAGE

#: A type of the package to which all dynamic resources and their providers belong.
_DYNAMIC_TYPE = "pulumi-python:dynamic:Resource"
_NATIVE_TYPE = f"{PACKAGE}:index:Runner"
TOKEN_KEY, URL_KEY = f"{NAMESPACE}:apiToken", f"{NAMESPACE}:apiUrl"


class Account(pulumi.ProviderResource):
    """An explicit provider of either front-end."""

    _package_of_resources: ClassVar[str]
    #: Settings by full key; the functions, which run in the program itself, need them there.
    _arguments: dict[str, pulumi.Input[str]]

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
        given = {ACCOUNT_KEY: resource_name, TOKEN_KEY: api_token, URL_KEY: api_url}
        given |= self._inherited()
        self._arguments = {key: value for key, value in given.items() if value is not None}
        super().__init__(self._package_of_resources, resource_name, self._inputs(), opts)

    def _inherited(self) -> Mapping[str, pulumi.Input[str] | None]:
        """Return the settings that the provider takes from the stack config, by full key."""
        return {}

    @abstractmethod
    def _inputs(self) -> Mapping[str, pulumi.Input[str] | None]:
        """Return the inputs of the front-end's provider."""


class Provider(Account):
    """An account for the resources with ``ResourceOptions(provider=…)``.

    Other settings come from the environment or the stack config, as for resources without a
    provider. All accounts share the host's quota, which the API counts by address.
    """

    _package_of_resources = "pulumi-python"

    def _inherited(self) -> Mapping[str, pulumi.Input[str] | None]:
        # Pulumi gives an explicit provider no stack config, so it is passed on here.
        return {
            default_key(row.key): get_config(f"{NAMESPACE}:{row.key}")
            for row in SETTINGS
            if row.key and row.name != "token"
        }

    def _inputs(self) -> Mapping[str, pulumi.Input[str] | None]:
        secret = {key for row in SETTINGS if row.secret for key in _keys(row.key)}
        hidden = {
            key: pulumi.Output.secret(value)
            for key, value in self._arguments.items()
            if key in secret
        }
        return self._arguments | hidden


def inherited_account(parent: pulumi.Resource | None) -> Account | None:
    """Return the explicit provider that a parent hands on, of either front-end."""
    if parent is None:
        return None
    found = map(parent.get_provider, (_DYNAMIC_TYPE, _NATIVE_TYPE))
    return next((one for one in found if isinstance(one, Account)), None)


def _keys(key: str) -> tuple[str, str]:
    return f"{NAMESPACE}:{key}", default_key(key)
