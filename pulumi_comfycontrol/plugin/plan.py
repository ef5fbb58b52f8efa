"""The content of a preview: differences by property path, and the outputs known in advance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..core.types.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from ..core.types.kind import Kind
    from ..frontend.operations import Difference

#: Outputs that never change during an object's life.
STABLE = ("user_id", "created_at")


class Change(Enum):
    """Kind of a difference, by its name in the protocol."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"
    REPLACE = "UPDATE_REPLACE"


def changes(
    difference: Difference, known: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, Change]:
    """Return the differing fields by property path; a map differs by its keys."""
    updated = {
        path: change
        for name in sorted(difference.fields)
        for path, change in _field_changes(name, known.get(name), inputs.get(name))
    }
    return updated | dict.fromkeys(difference.replaced, Change.REPLACE)


def created(kind: Kind, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of an object that is still to be created."""
    return dict.fromkeys(kind.computed, UNKNOWN) | kind.complete(kind.values(inputs))


def updated(
    kind: Kind, known: Mapping[str, Any], wanted: Mapping[str, Any], difference: Difference
) -> dict[str, Any]:
    """Return the outputs of an object after an update."""
    changed = {name: wanted[name] for name in difference.fields}
    unknown = set(kind.computed) - {*STABLE} if changed else set()
    return {**known, **changed, **dict.fromkeys(unknown, UNKNOWN)}


def _field_changes(name: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if new is None:
        yield name, Change.DELETE
    elif not old and not isinstance(old, Unknown):
        yield name, Change.ADD
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _key_changes(name, old, new)
    else:
        yield name, Change.UPDATE


def _key_changes(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Change]]:
    for key in sorted({*old, *new}):
        path = f'{name}["{key}"]'
        if key not in new:
            yield path, Change.DELETE
        elif key not in old:
            yield path, Change.ADD
        elif old[key] != new[key]:
            yield path, Change.UPDATE
