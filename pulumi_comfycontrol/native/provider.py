"""The explicit provider of the native plugin: one ComfyControl account of several."""

from __future__ import annotations

import pulumi

from ..frontend.names import PACKAGE


class Provider(pulumi.ProviderResource):
    """An account for the native resources that are given ``ResourceOptions(provider=…)``.

    What it does not set comes from the environment.
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

        :param resource_name: The provider's name in the program, which messages name too.
        :param api_token: The account's token; stored encrypted in the state.
        :param api_url: The API's address, where it is another one than the public.
        :param opts: Pulumi's options for every resource.
        """
        arguments = {"apiToken": pulumi.Output.secret(api_token), "apiUrl": api_url}
        super().__init__(PACKAGE, resource_name, arguments, opts)
