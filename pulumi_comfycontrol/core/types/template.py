"""A template: a workflow with placeholders that ComfyControl keeps [docs: templates/*]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import json_text, normalisation, resemblance
from . import placeholders as placeholders_of
from .kind import Field, Kind
from .record import Record, Unusable
from .text_rules import text_faults
from .validation import type_of

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 500
#: Bytes that one upload may have [docs: api].
MOST_BYTES = 50_000_000
#: A body that couldn't be read is handed on as a map with the reason under this key.
FAULT = "fault"
_WARNINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSummary(Record):
    """A template as lists have it, without its body [docs: templates/list]."""

    user_id: str = ""
    """The id of the account that owns the template."""
    name: str
    """The template's name."""
    description: str = ""
    """The template's purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateInfo(TemplateSummary):
    """A template [docs: templates/get]; ``body`` is JSON text with sorted keys.

    ``placeholders`` has each placeholder once, as a map of ``kind`` and, where it has them,
    ``name``, ``default`` and ``options``.
    """

    body: str
    """The workflow as JSON text with sorted keys and without white space."""
    placeholders: tuple[Mapping[str, Any], ...] = field(init=False)
    """Each placeholder once, in the order of kind and name."""

    def __post_init__(self) -> None:
        found = placeholders_of.placeholders(json_text.parse(self.body))
        object.__setattr__(self, "placeholders", tuple(one.as_dict() for one in found))

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        body = data.get("body")
        if body is None:
            return data
        try:
            text = json_text.canonical(json_text.parse(body) if isinstance(body, str) else body)
        except json_text.InvalidJson:
            raise Unusable("body") from None
        return Record._prepared(data) | {"body": text}


def _body_faults(body: Any) -> Iterator[str]:
    if isinstance(body, dict) and body.keys() == {FAULT}:
        yield f"body {body[FAULT]}"
    elif not isinstance(body, str):
        yield f"body must be JSON text, but it is {type_of(body)}"
    elif len(body.encode()) > MOST_BYTES:
        size = len(body.encode()) / 1e6
        yield f"body must have at most 50 MB, but it has {size:.1f} MB"
    else:
        try:
            value = json_text.parse(body)  # whether it must be an object is not documented (A24)
        except json_text.InvalidJson as error:
            yield f"body {error}"
        else:
            if not isinstance(value, dict):
                yield f"body must be a JSON object, but it is {type_of(value)}"


def _encode(values: Mapping[str, Any]) -> dict[str, Any]:
    """As multipart/form-data, with the body as a file (A22, A23)."""
    parts: dict[str, Any] = {
        name: (None, values[name].encode()) for name in ("name", "description") if name in values
    }
    if "body" in values:
        parts["body"] = ("workflow.json", values["body"].encode(), "application/json")
    return {"files": parts}


def _from_list(item: Mapping[str, Any], known: Mapping[str, Any]) -> TemplateInfo | None:
    """Complete an item, which lacks the body, if the template is as old as the known one.

    Timestamps have whole seconds (A5): a change of the body alone, made outside within the
    second of our own last write, shows at the next change only.
    """
    unchanged = item.get("updated_at") and item["updated_at"] == known.get("updated_at")
    if not unchanged or not isinstance(known.get("body"), str):
        return None
    try:
        return TemplateInfo.parse({**item, "body": known["body"]})
    except Unusable:
        return None


def _warnings(values: Mapping[str, Any]) -> Iterator[str]:
    body = values.get("body")
    if not isinstance(body, str):
        return
    try:
        found = list(placeholders_of.mistakes(json_text.parse(body)))
    except json_text.InvalidJson:
        return  # reported as a fault
    yield from found[:_WARNINGS]
    if len(found) > _WARNINGS:
        yield (
            f"{len(found) - _WARNINGS} more placeholders have mistakes, which are shown once these"
            " are corrected"
        )


TEMPLATE = Kind(
    label="template",
    plural="templates",
    path="/v1/template",
    record=TemplateInfo,
    fields={
        "name": Field(
            normalisation.text,
            partial(text_faults, "name", longest=NAME_LENGTH),
            resemblance.text,
        ),
        "description": Field(
            normalisation.text,
            partial(text_faults, "description", longest=DESCRIPTION_LENGTH, lines=True),
            resemblance.text,
        ),
        # Never shown beside a sentence: it may be large.
        "body": Field(
            json_text.normal,
            _body_faults,
            resemblance.json_text,
            type=object,
            is_document=True,
        ),
    },
    identity=("name",),
    encode=_encode,
    from_list=_from_list,
    warnings=_warnings,
    derived={"placeholders": "body"},
)
