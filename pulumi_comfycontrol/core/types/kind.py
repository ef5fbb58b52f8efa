"""The description of a kind of object (runner, template): its path, record and fields."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .record import Record
from .unknown import is_known


def _none(_value: Any) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a program may set."""

    #: Function from a value to its normal form; values with the same normal form are equal.
    normal: Callable[[Any], Any]
    #: Function from a value of the right type to a sentence for each rule that it breaks.
    rules: Callable[[Any], Iterable[str]]
    #: Predicate: can a value that the API shows be its own form of a sent value?
    resembles: Callable[[Any, Any], bool] = lambda _sent, _shown: False
    #: The type of a value; ``object`` where ``rules`` check it.
    type: type = str
    #: The API's default when the field is not sent; None where it must be sent.
    default: Any = None
    #: Whether the create request takes it; if not, a PUT follows.
    on_create: bool = True
    #: Whether its values must never be shown.
    secret: bool = False
    #: Function to the parts of a value that no text may show; with any, all of it is secret.
    secret_parts: Callable[[Any], Iterable[str]] = _none
    #: Function to the parts of a value that the fingerprint leaves out. Never to be changed:
    #: fingerprints of every released version are in journals.
    unhashed: Callable[[Any], Iterable[str]] = _none
    #: Whether a value is a JSON document, which generated programs keep in a file of its own.
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """Description of a kind of object, the basis of all generic code."""

    #: The name in sentences: "runner".
    label: str
    #: The name of the array in a list's answer.
    plural: str
    path: str
    record: type[Record]
    fields: Mapping[str, Field]
    #: The fields by which a user recognises an object.
    identity: tuple[str, ...]
    #: Function from fields to the keyword arguments of one request (``json=`` or ``files=``).
    encode: Callable[[Mapping[str, Any]], dict[str, Any]]
    #: Function from an item of a list and the properties known before to a record; None where
    #: the item is incomplete or unusable, so that a GET has to follow.
    from_list: Callable[[Mapping[str, Any], Mapping[str, Any]], Record | None]
    #: Function from fields to warnings about values that are allowed but surely mistakes.
    warnings: Callable[[Mapping[str, Any]], Iterable[str]] = _none
    #: Computed property → the field whose texts it repeats, so that it is as secret as that.
    derived: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: The names of the properties that only the API sets, without the id.
    computed: tuple[str, ...] = dataclasses.field(init=False)
    #: The names of the fields whose values must never be shown.
    secret_fields: tuple[str, ...] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        # Each resource of a program needs these names, so they are found once.
        names = [one.name for one in dataclasses.fields(self.record)]
        computed = tuple(name for name in names if name != "id" and name not in self.fields)
        object.__setattr__(self, "computed", computed)
        secret = tuple(name for name, field in self.fields.items() if field.secret)
        object.__setattr__(self, "secret_fields", secret)

    @property
    def class_name(self) -> str:
        """The name of the public class, and the last part of the type's token."""
        return self.label.title().replace(" ", "")

    def readable(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return an item of a list without what is unusable, as if the list left it out.

        Documents are left out too: lists have none [docs: templates/list].
        """
        documents = {name for name, field in self.fields.items() if field.is_document}
        return self.record.readable({name: item[name] for name in item.keys() - documents})

    def values(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Pick the fields that are set in ``properties``."""
        return {name: properties[name] for name in self.fields if properties.get(name) is not None}

    def on_create(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Pick the fields of ``values`` that the create request takes."""
        return {name: value for name, value in values.items() if self.fields[name].on_create}

    def complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Fill in the defaults of the fields that ``values`` lacks."""
        return {name: values.get(name, field.default) for name, field in self.fields.items()}

    def differing(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
        """Name the fields whose values differ; an unknown value differs from every other."""
        ones, others = self.complete(one), self.complete(other)
        return {name for name in self.fields if not self.same(name, ones[name], others[name])}

    def fingerprint(self, values: Mapping[str, Any]) -> str:
        """Return a hash of the values of a create request, without the secret ones."""
        complete = self.complete(values)
        parts = {
            name: _without_secret(complete[name]) if field.secret else field.normal(complete[name])
            for name, field in self.fields.items()
            if field.on_create
        }
        text = json.dumps([self.label, parts], ensure_ascii=False)
        unhashed = {
            part
            for name, field in self.fields.items()
            if values.get(name)
            for part in field.unhashed(values[name])
        }
        # The longest first: a secret may be a part of another one.
        for part in sorted(unhashed, key=len, reverse=True):
            text = text.replace(part, "")
        return hashlib.sha256(text.encode()).hexdigest()

    def secrets(self, values: Mapping[str, Any]) -> Iterator[str]:
        """Return the parts of the values that no text may show."""
        for name, field in self.fields.items():
            if values.get(name):
                yield from field.secret_parts(values[name])

    def is_secret(self, name: str, value: Any) -> bool:
        """Whether the property ``name`` must be kept as a secret when it has that value."""
        field = self.fields.get(name)
        return field is not None and (field.secret or any(field.secret_parts(value)))

    def same(self, name: str, one: Any, other: Any) -> bool:
        """Whether two values of a field have the same meaning; an unknown one never has."""
        if one == other:
            return is_known(one)
        if one is None or other is None or not (is_known(one) and is_known(other)):
            return False
        normal = self.fields[name].normal
        return bool(normal(one) == normal(other))


def _without_secret(value: Any) -> Any:
    """Return the part of a secret in a fingerprint: a map's names, else whether it has a value."""
    if isinstance(value, Mapping) or not value:
        return sorted(map(str.lower, value or {}))
    return True
