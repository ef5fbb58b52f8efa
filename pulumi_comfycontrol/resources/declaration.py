"""Validation of arguments in the program itself.

A program runs to its end before the engine receives its first resource. By then the plain values of
all resources are validated, so that one message names all faults, also in a unit test with Pulumi's
mocks. Outputs are validated by the provider, once they are known.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from enum import Enum
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from ..core.types.kind import Kind
from ..core.types.unknown import UNKNOWN, is_known
from ..core.types.validation import faults
from .plain_token import warn_of_plain_token

F = TypeVar("F", bound=Callable[..., None])
_DEEPEST = 5
_UNKNOWN_ARGUMENTS = "_unknown_arguments"


class _Faults:
    """The faults of one program, in the order of its resources."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.is_reported = False

    def add(self, subject: str, sentences: Iterable[str]) -> None:
        """Add faults, each once."""
        lines = [f"{subject}: {sentence}" for sentence in sentences]
        self.sentences += [line for line in lines if line not in self.sentences]

    def report(self) -> NoReturn:
        """End the program; Pulumi shows only one message, so each resource's has all faults."""
        self.is_reported = True
        raise pulumi.RunError("\n  ".join(["The program can't be carried out:", *self.sentences]))


_programs: WeakKeyDictionary[Any, _Faults] = WeakKeyDictionary()


def takes_any_argument(init: F) -> F:
    """Make a constructor accept unknown arguments, which :func:`checked` reports.

    Type checkers and editors see the constructor as it is written.
    """
    names = inspect.signature(init).parameters.keys()

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, **arguments: Any) -> None:
        unknown = {name: arguments.pop(name) for name in arguments.keys() - names}
        setattr(self, _UNKNOWN_ARGUMENTS, unknown)
        init(self, *args, **arguments)

    return wrapper  # type: ignore[return-value]


def checked(
    resource: pulumi.Resource,
    kind: Kind,
    resource_name: str,
    arguments: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
) -> dict[str, Any]:
    """Return all arguments, invalid ones replaced by an output that ends the program."""
    if isinstance(resource, pulumi.dynamic.Resource):  # the plugin warns of the native types
        warn_of_plain_token()
    given: dict[str, Any] = getattr(resource, _UNKNOWN_ARGUMENTS) | arguments
    if opts.id is not None:  # the resource is only read
        return given
    values = {name: _plain(value) for name, value in given.items() if value is not None}
    ignored = {re.split(r"[.\[]", path, maxsplit=1)[0] for path in opts.ignore_changes or ()}
    found = [fault for fault in faults(kind, values) if fault.field not in ignored]
    if not found:
        return given
    program = _program()
    program.add(f"{kind.class_name} '{resource_name}'", (fault.reason for fault in found))
    nothing: pulumi.Output[Any] = pulumi.Output.from_input(None)
    failing: pulumi.Output[Any] = nothing.apply(lambda _: program.report())
    return given | dict.fromkeys((fault.field for fault in found), failing)


def secret_output(value: Any) -> pulumi.Output[Any]:
    """Return an argument as a secret.

    ``Output.secret`` alone makes six outputs of a map with one entry, a quarter of all that the SDK
    waits for.
    """
    if not is_known(_plain(value)):
        return pulumi.Output.secret(value)
    known: asyncio.Future[Any] = asyncio.Future()
    known.set_result(copy(value))  # the SDK reads it only after the program has ended
    true: asyncio.Future[bool] = asyncio.Future()
    true.set_result(True)
    return pulumi.Output(set(), known, true, true)


def _program() -> _Faults:
    """Return the faults of the running program; one process may run several in turn."""
    root = get_root_resource() or pulumi.Resource
    if root not in _programs or _programs[root].is_reported:
        _programs[root] = _Faults()
    return _programs[root]


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a value as the provider will receive it, with outputs as unknowns.

    A value nested deeper than any argument may be has no valid type.
    """
    if type(value) is str:  # most of them
        return value
    if depth > _DEEPEST:
        return object()
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(one, depth + 1) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value]
    return UNKNOWN
