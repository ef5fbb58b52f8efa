"""Functions of the schema: lookups of existing objects.

Header values are in no result: a result with one secret is secret as a whole in Python and Node.js.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import ComfyControlError, ResourceError
from ..core.lookups import LOOKUPS
from ..core.types.record import Answer
from ..frontend.names import function_token, to_wire_name
from ..frontend.operations import Failed

if TYPE_CHECKING:
    from ..frontend.session import Session

#: The lookups of the core by the token of their function.
FUNCTIONS = {function_token(name): lookup for name, lookup in LOOKUPS.items()}
_LEFT_OUT = frozenset({"headers"})


def invoke(session: Session, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function's result in wire form; raises :class:`Failed`."""
    from ..core.api.budget import one_operation
    from ..core.api.catalog import Catalog

    if token not in FUNCTIONS:
        raise Failed(
            f"The plugin has no function {token}; take one of {', '.join(FUNCTIONS)}, or install"
            " the plugin's version that the program was written for."
        )
    lookup, name = FUNCTIONS[token], token.rpartition(":")[2]
    try:
        with one_operation():
            found = lookup(Catalog(session.client), **_checked(lookup, arguments))
    except ComfyControlError as error:
        raise Failed(str(error.while_doing(f"the function {name}"))) from None
    # A result is an object: a list is its only property, named after the function.
    return (
        {to_wire_name(lookup.__name__): _encode(found)}
        if isinstance(found, tuple)
        else _encode(found)
    )


def _checked(lookup: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lookup's arguments; raises :class:`ResourceError` for unknown ones."""
    _, *names = inspect.signature(lookup).parameters
    unknown = sorted(given.keys() - {*names})
    if unknown:
        known = f"the arguments are {', '.join(names)}" if names else "leave it out"
        raise ResourceError(f"{unknown[0]} is not an argument", known)
    for name in names:
        if name != "tags" and not isinstance(given.get(name), str | None):
            raise ResourceError(f"{name} must be a string", "correct it")
    return {name: given.get(name) for name in names}


def _encode(value: Any) -> Any:
    if isinstance(value, Answer):
        return _encode(value.as_dict())
    if isinstance(value, Mapping):
        return {
            to_wire_name(name): _encode(one) for name, one in value.items() if name not in _LEFT_OUT
        }
    if isinstance(value, list | tuple):
        return [_encode(one) for one in value]
    return value
