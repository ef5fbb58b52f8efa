"""The explicit provider of the native plugin: one ComfyControl account of several."""

from __future__ import annotations

import pulumi

from ..frontend.names import PACKAGE
from ..resources.provider import Account, account_arguments


class Provider(Account):
    """An account for the native resources with ``ResourceOptions(provider=…)``.

    Other settings come from the environment.
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

        :param resource_name: The provider's name in the program; shown in messages.
        :param api_token: The account's token; stored encrypted in the state.
        :param api_url: The API's URL; by default the public one.
        :param opts: Pulumi's options for every resource.
        """
        self._arguments = account_arguments(resource_name, api_token, api_url)
        arguments = {"apiToken": pulumi.Output.secret(api_token), "apiUrl": api_url}
        super().__init__(PACKAGE, resource_name, arguments, opts)
