"""The JSON schemas of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from ..http.operations import schema_of
from ..state.collection import Collection
from ..state.faults import Fault
from ..state.fields import HEADERS, ID, TAGS, TEXT, TIME, Schema
from ..state.kinds import KINDS
from ..state.recorder import Record
from ..state.settings import Settings
from ..state.switch import TIERS
from .bodies import ClockChange, Reset, TokenChange

_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_BYTES: Schema = {"type": "integer", "format": "int64"}
_FLAG: Schema = {"type": "boolean"}
_ANY_OBJECT: Schema = {"type": "object"}
_TIER: Schema = {"type": "string", "enum": list(TIERS)}
_TOKEN: Schema = {"type": "string", "pattern": "^cfc_[A-Za-z0-9]+$"}
_STAMPS = {"created_at": TIME, "updated_at": TIME}


def reference(name: str) -> Schema:
    """A reference to a schema; ``[name]`` is an array of it."""
    if name.startswith("["):
        return _array(reference(name.strip("[]")))
    return {"$ref": f"#/components/schemas/{name}"}


def _object(
    required: dict[str, Schema],
    optional: dict[str, Schema] | None = None,
    example: Any = None,
    *,
    closed: bool = False,
) -> Schema:
    schema: Schema = {"type": "object", "properties": required | (optional or {})}
    if required:
        schema["required"] = list(required)
    if closed:
        schema["additionalProperties"] = False
    return schema | ({"examples": [example]} if example else {})


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _of_kind(kind: type[Collection]) -> dict[str, Schema]:
    """The schemas of a kind's objects, lists and requests."""
    name = schema_of(kind.kind)
    listed = {one: schema for one, schema in kind.schema.items() if one not in kind.not_in_lists}
    item = f"{name}Summary" if kind.not_in_lists else name
    schemas = {
        name: _object(kind.schema),
        item: _object(listed),
        f"{name}Page": _object({kind.list_name: reference(f"[{item}]"), "total": _COUNT}),
        f"{name}Row": _row(kind, stored=True),
        f"{name}Seed": _row(kind, stored=False),
    }
    if kind.fields:
        new = {one: it for one, it in kind.fields.items() if it.on_create}
        required = {one: it.schema for one, it in new.items() if it.default is None}
        optional = {one: it.schema for one, it in new.items() if it.default is not None}
        example = {one: it.example for one, it in new.items()}
        change = {one: it.schema for one, it in kind.fields.items()}
        some = {"name": example["name"]}
        schemas[f"New{name}"] = _object(required, optional, example)
        schemas[f"{name}Change"] = _object({}, change, some)
    return schemas


def _row(kind: type[Collection], *, stored: bool) -> Schema:
    """An object as the dashboard has it; its texts follow no rule."""
    types: dict[str, Schema] = {
        "tags": TAGS,
        "headers": HEADERS.schema,
        "body": TEXT | {"contentMediaType": "application/json"} if stored else _ANY_OBJECT,
    }
    row = {one: types.get(one, TEXT) for one in kind.schema}
    reachable = {"reachable": _FLAG} if kind.has_machine else {}
    if stored:
        return _object(row, reachable)
    return _object({}, row | reachable, {"name": "GPU"}, closed=True)


def _of_model(model: Any, example: Any) -> Schema:
    return {**TypeAdapter(model).json_schema(), "examples": [example]}


_FAULT_EXAMPLE = {"kind": "drop_after", "method": "POST", "path": "/v1/runner", "times": 1}
_NEW_FAULT = _of_model(Fault, _FAULT_EXAMPLE)
#: A fault as answers have it: numbered by the emulator.
_FAULT = _NEW_FAULT["properties"] | {"number": _COUNT}
del _NEW_FAULT["properties"]["number"]

SCHEMAS: dict[str, Schema] = {
    **{name: one for kind in KINDS.values() for name, one in _of_kind(kind).items()},
    "Error": _object(
        {"status": {"type": "integer"}, "message": TEXT},
        example={"status": 404, "message": "requested entity not found"},
    ),
    "Nothing": {"type": "object", "maxProperties": 0},
    "User": _object(
        {"id": ID, "name": TEXT, "email": TEXT, "deleted": _FLAG, "tier": _TIER, **_STAMPS},
        {"provider": {"type": "string", "enum": ["github", "google"]}},
    ),
    "Stats": _object(
        {
            "system": _object(
                {},
                {
                    "os": TEXT,
                    "ram_total": _BYTES,
                    "ram_free": _BYTES,
                    "comfyui_version": TEXT,
                    "python_version": TEXT,
                },
            ),
            "devices": _array(
                _object({}, {"name": TEXT, "type": TEXT, "vram_total": _BYTES, "vram_free": _BYTES})
            ),
            "dev_mode": _FLAG,
            "extensions": _array(TEXT),
        }
    ),
    "Reset": _of_model(Reset, {"what": ["requests", "limit"]}),
    "Record": TypeAdapter(Record).json_schema(),
    "Summary": _object(
        {
            "requests": _COUNT,
            "by_method": {"type": "object", "additionalProperties": _COUNT},
            "by_status": {"type": "object", "additionalProperties": _COUNT},
            "most_in_window": _COUNT,
            "window": _NUMBER,
            "quota": reference("[Quota]"),
        }
    ),
    "Quota": _object({"client": TEXT, "in_window": _COUNT, "closed_for": _NUMBER}),
    "Settings": {**Settings.schema(), "examples": [{"delete": "405"}]},
    "Environment": _object({"COMFYCONTROL_API_URL": TEXT, "COMFYCONTROL_API_TOKEN": _TOKEN}),
    "Clock": _object({"time": TIME, "multiplier": _NUMBER}),
    "ClockChange": _of_model(ClockChange, {"advance": 10}),
    "TokenChange": _of_model(TokenChange, {"add": "cfc_second", "tier": "pro"}),
    "TokenAnswer": _object({"account": _or_null(TEXT)}),
    "NewFault": _NEW_FAULT,
    "Fault": _object(_FAULT),
}
