"""What the account has, under the names that resources of a program will have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..core.catalog import Catalog, matches
from ..core.kind import Kind
from ..core.models import Record
from ..core.runner import RUNNER
from ..core.template import TEMPLATE
from ..core.validation import faults


@dataclass(frozen=True, slots=True)
class Found:
    """One object; ``values`` are the arguments that a program needs to say the same."""

    kind: Kind
    resource_name: str
    record: Record
    values: dict[str, Any] = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """A runner's headers, which are secret."""
        found: dict[str, str] = self.values.get("headers", {})
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects: patterns of names (None for no object of that kind), and ids (all if none)."""

    runners: str | None = "*"
    templates: str | None = "*"
    ids: Collection[str] = ()


def find(catalog: Catalog, wanted: Wanted) -> tuple[list[Found], list[str]]:
    """Return the objects, oldest first, and a sentence for each that no program can declare.

    Costs one request for 100 runners, and one for each template besides those of the lists.
    Raises :class:`~..core.errors.ComfyControlError`.
    """
    found: list[Found] = []
    left_out: list[str] = []
    names: set[str] = set()
    for record, kind in _records(catalog, wanted):
        values = _arguments(kind, record)
        broken = faults(kind.inputs, values, {"headers"})
        if broken:
            reasons = "; ".join(fault.reason for fault in broken)
            left_out.append(f"{kind.label} {record.id} is left out: {reasons}")
            continue
        name = _resource_name(str(values["name"]), kind.label, names)
        names.add(name)
        found.append(Found(kind, name, record, values))
    return found, left_out


def _records(catalog: Catalog, wanted: Wanted) -> Iterator[tuple[Record, Kind]]:
    for kind, pattern in ((RUNNER, wanted.runners), (TEMPLATE, wanted.templates)):
        if pattern is None:
            continue
        for item in reversed(catalog.items(kind)):
            id_ = str(item.get("id"))
            if matches(item, pattern, None) and (not wanted.ids or id_ in wanted.ids):
                record = kind.from_list(item, {})
                yield (catalog.get(kind, id_) if record is None else record), kind


def _arguments(kind: Kind, record: Record) -> dict[str, Any]:
    """Leave out what is as it would be without an argument."""
    values = kind.values(record.model_dump())
    return {name: value for name, value in values.items() if value != kind.fields[name].default}


def _resource_name(name: str, label: str, taken: set[str]) -> str:
    base = re.sub(r"[\W_]+", "-", name.lower()).strip("-") or label
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
