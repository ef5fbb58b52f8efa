"""Functions that look up what exists, without managing it.

Each has a form for plain values, which returns its result at once, and one whose name ends in
``_output``, which takes outputs too and returns an output. Both also run in preview. They use
the same token, retries and quota as the resources, or those of ``account``, an explicit
:class:`~pulumi_comfycontrol.Provider`.

Every function raises :class:`pulumi.RunError`, which the CLI shows as one message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import pulumi

from . import lookups
from .invoke import later, now

if TYPE_CHECKING:
    from ..core.types.managed_runner import ManagedRunnerInfo
    from ..core.types.stats import RunnerStats
    from ..core.types.template import TemplateInfo, TemplateSummary
    from ..core.types.user import UserInfo
    from ..resources.provider import Provider
    from .results import RunnerInfo

Status = Literal["active", "disabled"]


def get_user(*, account: Provider | None = None) -> UserInfo:
    """Return the owner of the token."""
    return now(account, lookups.user)


def get_user_output(*, account: Provider | None = None) -> pulumi.Output[UserInfo]:
    """Do as :func:`get_user`, with outputs."""
    return later(account, lookups.user)


def get_runner(
    id: str | None = None, *, name: str | None = None, account: Provider | None = None
) -> RunnerInfo:
    """Return the runner with the id (1 request), or the only one with the name (a list)."""
    return now(account, lookups.runner, id=id, name=name)


def get_runner_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
) -> pulumi.Output[RunnerInfo]:
    """Do as :func:`get_runner`, with outputs."""
    return later(account, lookups.runner, id=id, name=name)


def get_runners(
    *,
    status: Status | None = None,
    tags: Iterable[str] | None = None,
    name: str | None = None,
    account: Provider | None = None,
) -> tuple[RunnerInfo, ...]:
    """Return the runners that fit, newest first.

    They have the status, all of the tags, and a name of the pattern (``*``, ``?``, ``[…]``; case
    counts). Without filters, all of the account's runners fit.
    """
    return now(account, lookups.runners, status=status, tags=tags, name=name)


def get_runners_output(
    *,
    status: pulumi.Input[Status] | None = None,
    tags: pulumi.Input[Iterable[pulumi.Input[str]]] | None = None,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
) -> pulumi.Output[tuple[RunnerInfo, ...]]:
    """Do as :func:`get_runners`, with outputs."""
    return later(account, lookups.runners, status=status, tags=tags, name=name)


def get_runner_stats(id: str, *, account: Provider | None = None) -> RunnerStats:
    """Ask the runner's machine; an error when ComfyControl can't reach it."""
    return now(account, lookups.runner_stats, id=id)


def get_runner_stats_output(
    id: pulumi.Input[str], *, account: Provider | None = None
) -> pulumi.Output[RunnerStats]:
    """Do as :func:`get_runner_stats`, with outputs."""
    return later(account, lookups.runner_stats, id=id)


def get_managed_runner(
    id: str | None = None, *, name: str | None = None, account: Provider | None = None
) -> ManagedRunnerInfo:
    """Return the managed runner with the id, or the only one with the name."""
    return now(account, lookups.managed_runner, id=id, name=name)


def get_managed_runner_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
) -> pulumi.Output[ManagedRunnerInfo]:
    """Do as :func:`get_managed_runner`, with outputs."""
    return later(account, lookups.managed_runner, id=id, name=name)


def get_managed_runners(
    *,
    tags: Iterable[str] | None = None,
    name: str | None = None,
    account: Provider | None = None,
) -> tuple[ManagedRunnerInfo, ...]:
    """Return the managed runners that fit; an error for a tier that sees none.

    They have all of the tags, and a name of the pattern, as in :func:`get_runners`.
    """
    return now(account, lookups.managed_runners, tags=tags, name=name)


def get_managed_runners_output(
    *,
    tags: pulumi.Input[Iterable[pulumi.Input[str]]] | None = None,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
) -> pulumi.Output[tuple[ManagedRunnerInfo, ...]]:
    """Do as :func:`get_managed_runners`, with outputs."""
    return later(account, lookups.managed_runners, tags=tags, name=name)


def get_template(
    id: str | None = None, *, name: str | None = None, account: Provider | None = None
) -> TemplateInfo:
    """Return the template with the id, or the only one with the name, including its body."""
    return now(account, lookups.template, id=id, name=name)


def get_template_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
) -> pulumi.Output[TemplateInfo]:
    """Do as :func:`get_template`, with outputs."""
    return later(account, lookups.template, id=id, name=name)


def get_templates(
    *, name: str | None = None, account: Provider | None = None
) -> tuple[TemplateSummary, ...]:
    """Return the templates, newest first and without bodies, that have a name of the pattern."""
    return now(account, lookups.templates, name=name)


def get_templates_output(
    *, name: pulumi.Input[str] | None = None, account: Provider | None = None
) -> pulumi.Output[tuple[TemplateSummary, ...]]:
    """Do as :func:`get_templates`, with outputs."""
    return later(account, lookups.templates, name=name)
