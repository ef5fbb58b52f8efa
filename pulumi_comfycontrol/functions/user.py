"""Functions that look up the owner of the token."""

from __future__ import annotations

import pulumi

from ..core import lookups
from ..core.types.user import UserInfo
from ..resources.provider import Provider
from .invoke import later, now


def get_user(
    *, account: Provider | None = None, opts: pulumi.InvokeOptions | None = None
) -> UserInfo:
    """Return the owner of the token; one request.

    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.user)


def get_user_output(
    *, account: Provider | None = None, opts: pulumi.InvokeOptions | None = None
) -> pulumi.Output[UserInfo]:
    """Return the owner of the token as an output; one request.

    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.user)
