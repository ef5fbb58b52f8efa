"""The warning of a plaintext token in the stack's configuration.

Only the program can detect it: the engine does not tell a provider which values are secret.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

import pulumi
from pulumi.runtime import get_config, get_root_resource, is_config_secret

from ..core.config import NAMESPACE

_KEY = f"{NAMESPACE}:apiToken"
_checked: WeakSet[Any] = WeakSet()


def warn_of_plain_token() -> None:
    """Warn at most once in a program, of the configuration at its first resource."""
    root = get_root_resource() or pulumi.Resource
    if root in _checked:
        return
    _checked.add(root)
    if get_config(_KEY) and not is_config_secret(_KEY):
        pulumi.log.warn(
            f"The token {_KEY} is in the stack's configuration file and state in plain text;"
            " replace it in the dashboard, and set the new one with"
            f" `pulumi config set --secret {_KEY}`."
        )
