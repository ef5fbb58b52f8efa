"""The API's answers as frozen dataclasses, validated where they come in.

Unknown fields are ignored and optional ones may be missing or null, so that a newer or older
API does no harm. Ids and timestamps are opaque strings (A5, A6); a number in the place of one is
taken as text. pydantic is loaded by the first answer: a preview has none.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_type_hints

if TYPE_CHECKING:
    from pydantic import ConfigDict, TypeAdapter


#: With any constraint on texts, pydantic also refuses lone surrogates, which no text may have: they
#: can't be encoded, neither for the journal nor for the engine.
_TYPES: ConfigDict = {"coerce_numbers_to_str": True, "str_min_length": 0}


class Unusable(ValueError):
    """Data without documented fields; the error's text names fields, never a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Base class of all answers."""

    #: Pydantic's configuration.
    __pydantic_config__: ClassVar[Mapping[str, Any]] = _TYPES

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Validate decoded JSON; raises :class:`Unusable`."""
        from pydantic import ValidationError

        try:
            prepared = without_nulls(cls._prepared(data)) if isinstance(data, dict) else data
            answer: Self = _adapter(cls).validate_python(prepared)  # type: ignore[arg-type]
        except ValidationError as error:
            names = {".".join(map(str, one["loc"])) or "the whole" for one in error.errors()}
            raise Unusable(", ".join(sorted(names))) from None
        return answer

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them: tuples are lists, inner records are maps."""
        return {field.name: _as_json(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Return the data to validate."""
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Answer):
    """An object with an id and timestamps."""

    id: str
    """The id, as the API gives it."""
    created_at: str = ""
    """The time of creation: ISO 8601, UTC."""
    updated_at: str = ""
    """The time of the last change: ISO 8601, UTC."""

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("id") is not None and not is_id(data["id"]):
            raise Unusable("id")
        return data

    @classmethod
    def readable(cls, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return a part of a record: known fields in their types, or left out if unusable."""
        from pydantic import ValidationError

        adapters = _field_adapters(cls)  # type: ignore[arg-type]
        found: dict[str, Any] = {}
        for name, value in item.items():
            adapter = None if value is None else adapters.get(name)
            with suppress(ValidationError):
                found[name] = _as_json(adapter.validate_python(value)) if adapter else value
        return found


def is_id(value: Any) -> bool:
    """Whether a value can be an id: a number, or a text that can be shown and sent."""
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return is_one and value != "" and str(value).isprintable()


def without_nulls(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not null: null means the same as a missing field."""
    return {key: value for key, value in data.items() if value is not None}


@functools.cache
def _field_adapters(type_: type[Answer]) -> dict[str, TypeAdapter[Any]]:
    from pydantic import TypeAdapter

    types = get_type_hints(type_)
    return {
        field.name: TypeAdapter(types[field.name], config=_TYPES)
        for field in fields(type_)
        if field.init
    }


@functools.cache
def _adapter(type_: type[Answer]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(type_)


def _as_json(value: Any) -> Any:
    if isinstance(value, Answer):
        return value.as_dict()
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value
