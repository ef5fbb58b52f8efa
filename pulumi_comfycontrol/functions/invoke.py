"""Runs a lookup in the program's process, at once or as an output."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from pulumi.runtime import get_config

if TYPE_CHECKING:
    from ..core.api.catalog import Catalog
    from ..core.config import Settings
    from ..resources.provider import Provider

R = TypeVar("R")


def now(account: Provider | None, lookup: Callable[..., R], **arguments: Any) -> R:
    """Run ``lookup(catalog, **arguments)``; raises :class:`pulumi.RunError`."""
    given = account._arguments if account is not None else {}
    for name, value in (arguments | given).items():
        if _has_output(value):
            function = f"get_{lookup.__name__}"
            raise pulumi.RunError(
                f"{function} can't wait for the output that is its {name}; use {function}_output."
            )
    return _run(lookup, given, arguments)


def later(account: Provider | None, lookup: Callable[..., R], **arguments: Any) -> pulumi.Output[R]:
    """Run the same when all arguments are known; unknown in a preview where one is not."""
    given = account._arguments if account is not None else {}
    # What is found is no secret only because a token was needed to find it.
    tokens = {name: pulumi.Output.unsecret(pulumi.Output.from_input(given[name])) for name in given}

    async def run(known: Mapping[str, Any]) -> R:
        values = dict(known)
        resolved = {name: values.pop(f"account {name}") for name in given}
        call = functools.partial(_run, lookup, resolved, values)
        return await asyncio.get_running_loop().run_in_executor(None, call)

    inputs = arguments | {f"account {name}": value for name, value in tokens.items()}
    result: pulumi.Output[R] = pulumi.Output.from_input(inputs).apply(run)
    return result


def _run(lookup: Callable[..., R], account: Mapping[str, Any], arguments: Mapping[str, Any]) -> R:
    from ..core.api.budget import one_operation
    from ..core.config import load_settings
    from ..core.errors import ComfyControlError
    from ..frontend.words import PULUMI

    def find(key: str) -> str | None:
        return account.get(key) if account else get_config(key)

    try:
        with one_operation():
            return lookup(_catalog(load_settings(find, words=PULUMI)), **arguments)
    except ComfyControlError as error:
        error.while_doing(f"the lookup get_{lookup.__name__}")
        raise pulumi.RunError(str(error)) from None


def _has_output(value: Any) -> bool:
    if isinstance(value, list | tuple | set):
        return any(map(_has_output, value))
    return isinstance(value, pulumi.Output)


@functools.cache
def _catalog(settings: Settings) -> Catalog:
    """One per account, so that connections are kept open."""
    from ..core.api.catalog import Catalog
    from ..core.api.chain import client_for

    return Catalog(client_for(settings))
