"""The format of a resource in the engine's state: the object's properties, and notes on them.

The notes are a map under one key. The Pulumi CLI hides keys that begin with ``__``, and the engine
hands them to the provider like any other. Version 1 (0.1.0) had ``set_fields``, ``state_version``
and ``unfinished`` as separate properties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..core.types.kind import Kind
    from ..core.types.record import Record

NOTES_KEY = "__comfycontrol"
VERSION = 2
#: The keys of version 1. A refresh keeps them, so that it shows no change.
_SET_FIELDS_1, _VERSION_1, _UNFINISHED_1 = "set_fields", "state_version", "unfinished"


@dataclass(frozen=True, slots=True)
class Known:
    """An object as recorded in the engine's state."""

    #: The object's last known properties, without notes; names are the core's.
    properties: Mapping[str, Any]
    #: The fields that the program sets: only their drift is repaired. After a failure also those
    #: that the program no longer sets, but whose values may remain.
    set_fields: frozenset[str] = frozenset()
    #: By field, the value that was sent, where the server keeps it in another form.
    forms: Mapping[str, Any] = field(default_factory=dict)
    #: Whether a follow-up request failed without a way to report it to the engine.
    unfinished: bool = False
    #: Whether the resource is managed; one that is only read (``get``) has no notes.
    managed: bool = False
    #: Entries of an older version, kept until the next update.
    leftovers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sent(self) -> dict[str, Any]:
        """The properties, with the values that were sent instead of the server's forms."""
        return {**self.properties, **self.forms}


def known(outputs: Mapping[str, Any]) -> Known:
    """Read the state of any released version."""
    properties = {name: value for name, value in outputs.items() if not name.startswith("__")}
    leftovers = {
        name: properties.pop(name)
        for name in (_SET_FIELDS_1, _VERSION_1, _UNFINISHED_1)
        if name in properties
    }
    notes = outputs.get(NOTES_KEY, leftovers)
    return Known(
        properties,
        frozenset(notes.get("set_fields", ())),
        notes.get("forms", {}),
        bool(notes.get("unfinished")),
        "set_fields" in notes,
        leftovers,
    )


def outputs(
    kind: Kind,
    record: Record,
    set_fields: Iterable[str],
    forms: Mapping[str, Any],
    mark_secret: Callable[[Any], Any],
    *,
    unfinished: bool = False,
) -> dict[str, Any]:
    """Return the properties of ``record`` and the notes; secrets pass through ``mark_secret``."""
    properties = record.as_dict()
    del properties["id"]
    notes: dict[str, Any] = {"version": VERSION, "set_fields": sorted(set_fields)}
    if forms:
        # A program may have marked any field as a secret, which only its own front-end knows.
        notes["forms"] = mark_secret(dict(forms))
    if unfinished:
        notes["unfinished"] = True
    return {**mark_secrets(kind, properties, mark_secret), NOTES_KEY: notes}


def mark_secrets(
    kind: Kind, properties: Mapping[str, Any], mark_secret: Callable[[Any], Any]
) -> dict[str, Any]:
    """Pass each secret property through ``mark_secret``."""
    return {
        name: mark_secret(value) if kind.is_secret(name, value) else value
        for name, value in properties.items()
    }
