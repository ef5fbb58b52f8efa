"""Functions that look up managed runners, which ComfyControl provides."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from ..core import lookups
from ..core.types.managed_runner import ManagedRunnerInfo
from ..resources.provider import Provider
from .invoke import later, now


def get_managed_runner(
    id: str | None = None,
    *,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> ManagedRunnerInfo:
    """Return the managed runner with the id, or the only one with the name.

    One request by id; by name one for each 100 managed runners. An error for a tier without
    access to managed runners.

    :param id: The managed runner's id; or give ``name``.
    :param name: The managed runner's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.managed_runner, id=id, name=name)


def get_managed_runner_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[ManagedRunnerInfo]:
    """Return the managed runner with the id, or the only one with the name, as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param id: The managed runner's id; or give ``name``.
    :param name: The managed runner's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.managed_runner, id=id, name=name)


def get_managed_runners(
    *,
    tags: Iterable[str] | None = None,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> tuple[ManagedRunnerInfo, ...]:
    """Return the managed runners that fit, newest first; an error for a tier that sees none.

    One request for each 100 managed runners. Without filters, all that the tier sees fit.

    :param tags: All tags that a managed runner must have; case counts.
    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.managed_runners, tags=tags, name=name)


def get_managed_runners_output(
    *,
    tags: pulumi.Input[Iterable[pulumi.Input[str]]] | None = None,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[tuple[ManagedRunnerInfo, ...]]:
    """Return the managed runners that fit as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param tags: All tags that a managed runner must have; case counts.
    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.managed_runners, tags=tags, name=name)
