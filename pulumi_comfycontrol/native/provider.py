"""The explicit provider of the native plugin: one ComfyControl account of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..frontend.names import PACKAGE
from ..resources.provider import TOKEN_KEY, URL_KEY, Account


class Provider(Account):
    """An account for the native resources with ``ResourceOptions(provider=…)``.

    Other settings come from the environment.
    """

    _package_of_resources = PACKAGE

    def _inputs(self) -> Mapping[str, pulumi.Input[str] | None]:
        token: Any = self._arguments.get(TOKEN_KEY)
        return {"apiToken": pulumi.Output.secret(token), "apiUrl": self._arguments.get(URL_KEY)}
