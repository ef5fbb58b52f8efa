"""Functions that look up runners."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from ..core import lookups
from ..core.types.runner import Status
from ..core.types.stats import RunnerStats
from ..resources.provider import Provider
from .invoke import later, now
from .results import RunnerInfo


def get_runner(
    id: str | None = None,
    *,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> RunnerInfo:
    """Return the runner with the id, or the only one with the name.

    One request by id; by name one for each 100 runners.

    :param id: The runner's id; or give ``name``.
    :param name: The runner's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return RunnerInfo.of(now(account, opts, lookups.runner, id=id, name=name))


def get_runner_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[RunnerInfo]:
    """Return the runner with the id, or the only one with the name, as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param id: The runner's id; or give ``name``.
    :param name: The runner's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.runner, id=id, name=name).apply(RunnerInfo.of)


def get_runners(
    *,
    status: Status | None = None,
    tags: Iterable[str] | None = None,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> tuple[RunnerInfo, ...]:
    """Return the runners that fit, newest first.

    One request for each 100 runners. Without filters, all of the account's runners fit.

    :param status: ``active`` or ``disabled``.
    :param tags: All tags that a runner must have; case counts.
    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    found = now(account, opts, lookups.runners, status=status, tags=tags, name=name)
    return tuple(map(RunnerInfo.of, found))


def get_runners_output(
    *,
    status: Status | pulumi.Input[str] | None = None,
    tags: pulumi.Input[Iterable[pulumi.Input[str]]] | None = None,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[tuple[RunnerInfo, ...]]:
    """Return the runners that fit as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param status: ``active`` or ``disabled``.
    :param tags: All tags that a runner must have; case counts.
    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    found = later(account, opts, lookups.runners, status=status, tags=tags, name=name)
    return found.apply(lambda records: tuple(map(RunnerInfo.of, records)))


def get_runner_stats(
    id: str, *, account: Provider | None = None, opts: pulumi.InvokeOptions | None = None
) -> RunnerStats:
    """Return the live report of a runner's machine; an error when that can't be reached.

    One request, for which ComfyControl asks the machine.

    :param id: The runner's id.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.runner_stats, id=id)


def get_runner_stats_output(
    id: pulumi.Input[str],
    *,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[RunnerStats]:
    """Return the live report of a runner's machine as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param id: The runner's id.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.runner_stats, id=id)
