"""The JSON schemas of the OpenAPI document."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

from ..http.operations import schema_of
from ..state.collection import Collection
from ..state.faults import FAULTS
from ..state.fields import HEADERS, ID, TEXT, TIME, Schema
from ..state.kinds import KINDS
from ..state.settings import Settings
from ..state.switch import TIERS, type_of

_NUMBER: Schema = {"type": "number"}
_WHOLE: Schema = {"type": "integer"}
_BYTES: Schema = {"type": "integer", "format": "int64"}
_FLAG: Schema = {"type": "boolean"}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    properties = required | (optional or {})
    return {"type": "object", "properties": properties} | (
        {"required": list(required)} if required else {}
    )


def _many(schema: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_STAMPS = {"created_at": TIME, "updated_at": TIME}


def _of_kind(kind: type[Collection]) -> dict[str, Schema]:
    """The schemas of a kind's objects, lists and requests."""
    name = schema_of(kind.kind)
    listed = {one: schema for one, schema in kind.schema.items() if one not in kind.not_in_lists}
    item = f"{name}Summary" if kind.not_in_lists else name
    schemas = {
        name: _object(kind.schema),
        item: _object(listed),
        f"{name}Page": _object({kind.list_name: _many(item), "total": _WHOLE}),
    }
    if kind.fields:
        new = {one: it for one, it in kind.fields.items() if it.on_create}
        required = {one: it.schema for one, it in new.items() if it.default is None}
        optional = {one: it.schema for one, it in new.items() if it.default is not None}
        schemas[f"New{name}"] = _object(required, optional)
        schemas[f"{name}Change"] = _object({}, {n: it.schema for n, it in kind.fields.items()})
    return schemas


def _setting(one: Field[Any]) -> Schema:
    rules = one.metadata
    types = {bool: _FLAG, int: _WHOLE, float: _NUMBER, str: TEXT, dict: {"type": "object"}}
    schema = types.get(type_of(one), {"type": "array", "items": TEXT})
    schema = schema | {"description": rules["about"]}
    return schema | ({"enum": list(rules["choices"])} if rules["choices"] else {})


SCHEMAS: dict[str, Schema] = {
    **{name: one for kind in KINDS.values() for name, one in _of_kind(kind).items()},
    "Error": _object({"status": _WHOLE, "message": TEXT}),
    "Nothing": {"type": "object", "maxProperties": 0},
    "User": _object(
        {
            "id": ID,
            "name": TEXT,
            "email": TEXT,
            "deleted": _FLAG,
            "tier": {"enum": list(TIERS)},
            **_STAMPS,
        },
        {"provider": {"enum": ["github", "google"]}},
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
            "devices": {
                "type": "array",
                "items": _object(
                    {}, {"name": TEXT, "type": TEXT, "vram_total": _BYTES, "vram_free": _BYTES}
                ),
            },
            "dev_mode": _FLAG,
            "extensions": {"type": "array", "items": TEXT},
        }
    ),
    "Object": {
        "description": "One runner, template or managed runner; to add many, a list of them.",
        "type": ["object", "array"],
    },
    "Reset": _object({}, {"what": {"type": "array", "items": TEXT}}),
    "Record": _object(
        {
            "number": _WHOLE,
            "at": _NUMBER,
            "time": TIME,
            "method": TEXT,
            "path": TEXT,
            "query": HEADERS.schema,
            "client": TEXT,
            "user_agent": TEXT,
            "body": {},
            "account": _or_null(TEXT),
            "status": _or_null(_WHOLE),
            "fault": _or_null(TEXT),
        }
    ),
    "Summary": _object(
        {
            "requests": _WHOLE,
            "by_method": {"type": "object", "additionalProperties": _WHOLE},
            "by_status": {"type": "object", "additionalProperties": _WHOLE},
            "most_in_window": _WHOLE,
            "window": _NUMBER,
        }
    ),
    "Settings": _object({}, {one.name: _setting(one) for one in fields(Settings)}),
    "Clock": _object({"time": TIME, "multiplier": _NUMBER}),
    "ClockChange": _object({}, {"advance": _NUMBER, "multiplier": _NUMBER}),
    "TokenChange": _object(
        {},
        {
            "add": TEXT,
            "account": TEXT,
            "tier": {"enum": list(TIERS)},
            "expire": TEXT,
            "revoke": TEXT,
        },
    ),
    "TokenAnswer": _object({"account": _or_null(TEXT)}),
    "Fault": _object(
        {"kind": {"enum": [kind for kind in FAULTS if kind != "call"]}},
        {
            "method": TEXT,
            "path": TEXT,
            "times": _or_null(_WHOLE),
            "skip": _WHOLE,
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "seed": _WHOLE,
            "status": _WHOLE,
            "message": TEXT,
            "delay": _NUMBER,
            "retry_after": _or_null(TEXT),
            "number": {"type": "integer", "readOnly": True},
        },
    ),
}
