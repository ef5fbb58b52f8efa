"""Translation of names (types, functions, properties) between the wire and the core.

The API's fields are named in ``snake_case``, the properties of Pulumi's schemas in ``camelCase``.
The state of the dynamic types has the API's names; both are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..core.types.kind import Kind

PACKAGE = "comfycontrol"
_MODULE = f"{PACKAGE}:index:"


def type_token(kind: Kind) -> str:
    """Return the token of a kind of resource: ``comfycontrol:index:Runner``."""
    return f"{_MODULE}{kind.class_name}"


def function_token(name: str) -> str:
    """Return the token of a function of the core: ``comfycontrol:index:getRunner``."""
    return f"{_MODULE}{to_wire_name(name)}"


def kind_of(urn: str) -> Kind:
    """Return the kind of resource that a URN names; raises ``KeyError`` for another type."""
    from ..core.types import KINDS

    token = urn.split("::")[2].rpartition("$")[2]
    return {type_token(kind): kind for kind in KINDS.values()}[token]


@cache
def to_wire_name(name: str) -> str:
    """Translate a property's name for the wire; internal names are unchanged."""
    if name.startswith("_"):
        return name
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


@cache
def from_wire_name(name: str) -> str:
    """Translate a property's name from the wire."""
    if name.startswith("_"):
        return name
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def to_wire(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Translate the names of all properties for the wire."""
    return {to_wire_name(name): value for name, value in properties.items()}


def from_wire(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Translate the names of all properties from the wire."""
    return {from_wire_name(name): value for name, value in properties.items()}
