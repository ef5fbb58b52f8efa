"""The declaration of a setting, and the validation of changes of settings."""

from __future__ import annotations

import dataclasses
import threading
from copy import deepcopy
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

Tier = Literal["free", "pro", "plus", "enterprise"]
TIERS: tuple[Tier, ...] = get_args(Tier)
Seconds = Annotated[float, Field(ge=0, le=threading.TIMEOUT_MAX)]
#: No conversions: a client learns that 1 is not true.
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


def switch(default: Any, about: str, assumption: str = "", *, heading: str = "") -> Any:
    """A dataclass field of :class:`~.settings.Settings`.

    ``about`` is a sentence for people; ``assumption`` names the entries of
    docs/api-assumptions.md ("A28"), empty where the behaviour is documented or invented. A
    ``heading`` begins a group of settings, which ends before the next one.
    """
    metadata = {"about": about, "assumption": assumption, "heading": heading}
    return dataclasses.field(default_factory=lambda: deepcopy(default), metadata=metadata)


def model_of(settings: type) -> type[BaseModel]:
    """A model with the fields of a dataclass, all of them optional.

    In its JSON schema each has the heading of its group as ``x-heading``.
    """
    types = get_type_hints(settings, include_extras=True)
    fields: dict[str, Any] = {}
    heading = ""
    for one in dataclasses.fields(settings):
        heading = one.metadata["heading"] or heading
        assumption = f" ({one.metadata['assumption']})" if one.metadata["assumption"] else ""
        about = f"{one.metadata['about']}{assumption}"
        factory: Any = one.default_factory
        extra: dict[str, Any] = {"x-heading": heading}
        field = Field(factory(), description=about, json_schema_extra=extra)
        fields[one.name] = (types[one.name], field)
    return create_model(settings.__name__, __config__=STRICT, **fields)


def checked(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """A copy of valid values of settings; raises ValueError for any other."""
    unknown = sorted(values.keys() - model.model_fields.keys())
    if unknown:
        known = ", ".join(sorted(model.model_fields))
        msg = f"unknown setting '{unknown[0]}'; the settings are {known}"
        raise ValueError(msg)
    try:
        return model.model_validate(values).model_dump(exclude_unset=True)
    except ValidationError as error:
        msg = f"the setting {sentence(error)}"
        raise ValueError(msg) from None


def sentence(error: ValidationError) -> str:
    """The first fault, with the path of the invalid value."""
    [first, *_] = error.errors()
    reason = first["msg"].removeprefix("Value error, ")
    path = "".join(f"'{part}' " for part in first["loc"])
    return f"{path}is refused: {reason[0].lower()}{reason[1:]}"
