"""Execution of a lookup in the program's process: at once, or as an output."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import get_config

from ..core.api.budget import one_operation
from ..core.api.catalog import Catalog
from ..core.api.chain import client_for
from ..core.config import Settings, load_settings
from ..core.errors import ComfyControlError
from ..core.progress import listening
from ..core.terminal import Terminal
from ..frontend.words import PULUMI
from ..resources.provider import Account, inherited_account

R = TypeVar("R")


def now(
    account: Account | None,
    opts: pulumi.InvokeOptions | None,
    lookup: Callable[..., R],
    **arguments: Any,
) -> R:
    """Run ``lookup(catalog, **arguments)``; raises :class:`pulumi.RunError`."""
    given = _given(account, opts)
    for name, value in (arguments | given).items():
        if _has_output(value):
            function = f"get_{lookup.__name__}"
            raise pulumi.RunError(
                f"{function} can't wait for the output that is its {name}; use {function}_output."
            )
    return _run(lookup, given, arguments)


def later(
    account: Account | None,
    opts: pulumi.InvokeOptions | None,
    lookup: Callable[..., R],
    **arguments: Any,
) -> pulumi.Output[R]:
    """Return an output of the lookup, which runs once all arguments are known."""
    given = _given(account, opts)
    # A result does not become secret because a secret token was needed for it.
    tokens = {name: pulumi.Output.unsecret(pulumi.Output.from_input(given[name])) for name in given}

    async def run(known: Mapping[str, Any]) -> R:
        call = functools.partial(_run, lookup, known["account"], known["arguments"])
        return await asyncio.get_running_loop().run_in_executor(None, call)

    inputs = {"account": tokens, "arguments": arguments, "depends_on": _dependencies(opts)}
    result: pulumi.Output[R] = pulumi.Output.from_input(inputs).apply(run)
    return result


def _given(account: Account | None, opts: pulumi.InvokeOptions | None) -> dict[str, Any]:
    """Return the arguments of the selected explicit provider; {} for the default one."""
    provider: Any = opts.provider if opts is not None else None
    if provider is not None and not isinstance(provider, Account):
        raise pulumi.RunError(
            "The option provider must be a Provider of pulumi_comfycontrol, or of"
            " pulumi_comfycontrol.native."
        )
    if account is not None and provider not in {None, account}:
        raise pulumi.RunError("account and the option provider name two accounts; give one.")
    chosen = account or provider
    if chosen is None and opts is not None:
        chosen = inherited_account(opts.parent)
    return dict(chosen._arguments) if chosen is not None else {}


def _dependencies(opts: pulumi.InvokeOptions | None) -> Any:
    """Return an output that is known once the resources of ``depends_on`` exist."""
    given: Any = getattr(opts, "depends_on", None)
    if given is None:
        return None

    def ids(resources: Any) -> Any:
        each = [resources] if isinstance(resources, pulumi.Resource) else resources
        return pulumi.Output.all(*(getattr(one, "id", one.urn) for one in each))

    return pulumi.Output.from_input(given).apply(ids)


def _run(lookup: Callable[..., R], account: Mapping[str, Any], arguments: Mapping[str, Any]) -> R:
    def find(key: str) -> str | None:
        return account.get(key) if account else get_config(key)

    function = f"get_{lookup.__name__}"
    try:
        with Terminal(function) as terminal, listening(terminal), one_operation():
            return lookup(_catalog(load_settings(find, words=PULUMI)), **arguments)
    except ComfyControlError as error:
        error.while_doing(f"the lookup {function}")
        raise pulumi.RunError(str(error)) from None


def _has_output(value: Any) -> bool:
    if isinstance(value, list | tuple | set):
        return any(map(_has_output, value))
    return isinstance(value, pulumi.Output)


@functools.cache
def _catalog(settings: Settings) -> Catalog:
    """Return the catalog of an account; each account keeps its connections open."""
    return Catalog(client_for(settings))
