"""A template: a workflow with placeholders that ComfyControl keeps [docs: templates/*]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError

from . import json_text, placeholders
from . import normalisation as equality
from .kind import Field, Kind
from .models import Template
from .text_rules import text_faults
from .validation import Inputs, OrUnknown, report, type_of

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 500
#: Bytes that one upload may have [docs: api].
MOST_BYTES = 50_000_000
#: A body that couldn't be read is handed on as a map with the reason under this key.
FAULT = "fault"
_WARNINGS = 20


def _check_name(name: str) -> str:
    report(text_faults("name", name, NAME_LENGTH))
    return name


def _check_description(description: str) -> str:
    report(text_faults("description", description, DESCRIPTION_LENGTH, lines=True))
    return description


def _check_body(body: Any) -> Any:
    # The body is never shown beside the sentence: it may be large.
    report(_body_faults(body), leaks=True)
    return body


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


class TemplateInputs(Inputs):
    """What a program may say of a template."""

    name: Annotated[str, AfterValidator(_check_name), OrUnknown]
    description: Annotated[str, AfterValidator(_check_description), OrUnknown]
    body: Annotated[Any, AfterValidator(_check_body), OrUnknown]


def _encode(values: Mapping[str, Any]) -> dict[str, Any]:
    """As multipart/form-data, with the body as a file (A22, A23)."""
    parts: dict[str, Any] = {
        name: (None, values[name].encode()) for name in ("name", "description") if name in values
    }
    if "body" in values:
        parts["body"] = ("workflow.json", values["body"].encode(), "application/json")
    return {"files": parts}


def _from_list(item: Mapping[str, Any], known: Mapping[str, Any]) -> Template | None:
    """Complete an item, which lacks the body, if the template is as old as the known one.

    Timestamps have whole seconds (A5): a change of the body alone, made outside within the
    second of our own last write, shows at the next change only.
    """
    unchanged = item.get("updated_at") and item["updated_at"] == known.get("updated_at")
    if not unchanged or not isinstance(known.get("body"), str):
        return None
    try:
        return Template.model_validate({**item, "body": known["body"]})
    except ValidationError:
        return None


def _warnings(values: Mapping[str, Any]) -> Iterator[str]:
    body = values.get("body")
    if not isinstance(body, str):
        return
    try:
        found = list(placeholders.mistakes(json_text.parse(body)))
    except json_text.InvalidJson:
        return  # reported as a fault
    yield from found[:_WARNINGS]
    if len(found) > _WARNINGS:
        yield f"{len(found) - _WARNINGS} more mistakes in placeholders"


TEMPLATE = Kind(
    label="template",
    plural="templates",
    path="/v1/template",
    record=Template,
    inputs=TemplateInputs,
    fields={
        "name": Field(equality.text),
        "description": Field(equality.text),
        "body": Field(json_text.normal),
    },
    encode=_encode,
    from_list=_from_list,
    warnings=_warnings,
)
