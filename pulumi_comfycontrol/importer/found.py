"""An account's objects, and the names of the resources that declare them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.api.catalog import Catalog, matches
from ..core.errors import BadAnswer, ResourceError
from ..core.progress import listener
from ..core.types import KINDS
from ..core.types.kind import Kind
from ..core.types.record import Record
from ..core.types.validation import faults

#: Bytes of a resource name without its number; it is also a file's name, which may have 255.
_LONGEST = 40
_Chosen = list[tuple[Kind, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Found:
    """An object; ``values`` are the arguments of the resource that declares it."""

    kind: Kind
    resource_name: str
    record: Record
    values: dict[str, Any] = field(repr=False)

    @property
    def secrets(self) -> dict[str, Any]:
        """The secret arguments, which a program must not contain."""
        return {
            name: value for name, value in self.values.items() if self.kind.is_secret(name, value)
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Selection of objects: by a pattern of names for each kind, and by ids.

    ``patterns`` are keyed by a kind's label.
    """

    patterns: Mapping[str, str]
    ids: Collection[str] = ()

    @property
    def kinds(self) -> Iterator[tuple[Kind, str]]:
        """Return the selected kinds, each with its pattern."""
        for label, pattern in self.patterns.items():
            yield KINDS[label], pattern


def find(catalog: Catalog, wanted: Wanted) -> tuple[list[Found], list[str]]:
    """Return the objects, oldest first, and a sentence for each that a program can't declare.

    Costs one request for 100 runners, and one for each template besides those of the lists.
    Raises :class:`~..core.errors.ComfyControlError`, also for a selection that nothing fits.
    """
    found: list[Found] = []
    left_out: list[str] = []
    names: Counter[str] = Counter()
    chosen = _choose(catalog, wanted)
    for number, (kind, item) in enumerate(chosen, 1):
        listener().status(f"reading object {number} of {len(chosen)}")
        try:
            record = catalog.record(kind, item)
        except BadAnswer as error:
            left_out.append(_left_out(kind, item, error.fault))
            continue
        values = _arguments(kind, record)
        broken = faults(kind, values)
        if broken:
            left_out.append(_left_out(kind, item, "; ".join(fault.reason for fault in broken)))
            continue
        name = resource_name(str(values["name"]), kind.label, names)
        found.append(Found(kind, name, record, values))
    return found, left_out


def resource_name(name: str, label: str, taken: Counter[str]) -> str:
    """Return a short name that is unique in every file system, and add it to ``taken``.

    ``taken`` has the last suffix number of each name.
    """
    simple = _normal(_normal(name).casefold())
    short = re.sub(r"[\W_]+", "-", simple).encode()[:_LONGEST].decode(errors="ignore")
    base = candidate = short.strip("-") or label
    while candidate in taken:
        taken[base] += 1
        candidate = f"{base}-{taken[base]}"
    taken[candidate] = 1
    return candidate


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _choose(catalog: Catalog, wanted: Wanted) -> _Chosen:
    """Return the selected items of lists; raises where a pattern or an id selects nothing."""
    chosen: _Chosen = []
    for kind, pattern in wanted.kinds:
        items = [item for item in reversed(catalog.items(kind)) if matches(item, pattern, None)]
        if not items and pattern != "*":
            fault = f"this account has no {kind.label} with a name of the pattern '{pattern}'"
            raise ResourceError(fault, "correct the pattern")
        chosen += [(kind, item) for item in items]
    kinds = " or ".join(kind.label for kind, _ in wanted.kinds)
    if not chosen:
        raise ResourceError(
            f"this account has no {kinds}, so there is nothing to import",
            "use the token of another account, or begin with an empty project",
        )
    if wanted.ids:
        chosen = [(kind, item) for kind, item in chosen if str(item.get("id")) in wanted.ids]
        unknown = sorted({*wanted.ids} - {str(item.get("id")) for _, item in chosen})
        if unknown:
            fault = f"no {kinds} that is to be imported has the id {' or '.join(unknown)}"
            raise ResourceError(fault, "correct the id")
    return chosen


def _left_out(kind: Kind, item: Mapping[str, Any], reason: str) -> str:
    return (
        f"{kind.label} {item.get('id')} is left out: {reason}; change it in the dashboard, then run"
        " this again."
    )


def _arguments(kind: Kind, record: Record) -> dict[str, Any]:
    """Return the fields of an object that differ from their defaults."""
    values = kind.values(record.as_dict())
    return {name: value for name, value in values.items() if value != kind.fields[name].default}
