"""The JSON schemas of the OpenAPI document."""

from __future__ import annotations

import threading
from dataclasses import Field, fields
from typing import Any

from ..http.operations import schema_of
from ..state.collection import Collection
from ..state.faults import FAULTS
from ..state.fields import HEADERS, ID, TAGS, TEXT, TIME, Schema
from ..state.kinds import KINDS
from ..state.settings import CHOICES, Settings
from ..state.state import RESETS
from ..state.switch import LIMITS, TIERS, type_of
from .control import FARTHEST

_NUMBER: Schema = {"type": "number"}
_SECONDS: Schema = {"type": "number", "minimum": 0, "maximum": int(threading.TIMEOUT_MAX)}
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


def _setting(one: Field[Any]) -> Schema:
    rules, kind = one.metadata, type_of(one)
    least = rules["least"]
    types: dict[type, Schema] = {
        bool: _FLAG,
        int: {"type": "integer", "minimum": least},
        float: _SECONDS | {"minimum": least},
        str: TEXT,
        list: _array(TEXT),
        dict: _by_tier(rules["shape"]),
    }
    schema = types[kind] | {"description": _about(rules)}
    schema["default"] = getattr(_DEFAULTS, one.name)
    return schema | ({"enum": list(CHOICES[one.name])} if one.name in CHOICES else {})


def _about(rules: Any) -> str:
    assumption = f" ({rules['assumption']})" if rules["assumption"] else ""
    return f"{rules['about']}{assumption}"


def _by_tier(shape: str) -> Schema:
    limit = _or_null(_COUNT)
    limits = _object({"runners": limit, "templates": limit}, closed=True)
    return _object(dict.fromkeys(TIERS, limits if shape == LIMITS else _array(TEXT)), closed=True)


_DEFAULTS = Settings()
_FAULT: dict[str, Schema] = {
    "method": TEXT,
    "path": TEXT,
    "times": _or_null({"type": "integer", "minimum": 1}),
    "skip": _COUNT,
    "probability": {"type": "number", "minimum": 0, "maximum": 1},
    "seed": {"type": "integer"},
    "status": {"type": "integer", "minimum": 200, "maximum": 599},
    "message": TEXT,
    "delay": _SECONDS,
    "retry_after": _or_null({"type": "string", "pattern": "^[ -~]*$"}),
}
_FAULT_KIND: Schema = {"type": "string", "enum": [kind for kind in FAULTS if kind != "call"]}
_FAULT_EXAMPLE = {"kind": "drop_after", "method": "POST", "path": "/v1/runner", "times": 1}

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
    "Reset": _object(
        {},
        {"what": _array({"type": "string", "enum": list(RESETS)})},
        {"what": ["requests", "limit"]},
        closed=True,
    ),
    "Record": _object(
        {
            "number": _COUNT,
            "at": _NUMBER,
            "time": TIME,
            "method": TEXT,
            "path": TEXT,
            "query": HEADERS.schema,
            "client": TEXT,
            "user_agent": TEXT,
            "body": {},
            "account": _or_null(TEXT),
            "status": _or_null(_COUNT),
            "fault": _or_null(TEXT),
        }
    ),
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
    "Settings": _object(
        {}, {one.name: _setting(one) for one in fields(Settings)}, {"delete": "405"}, closed=True
    ),
    "Environment": _object({"COMFYCONTROL_API_URL": TEXT, "COMFYCONTROL_API_TOKEN": _TOKEN}),
    "Clock": _object({"time": TIME, "multiplier": _NUMBER}),
    "ClockChange": _object(
        {},
        {
            "advance": {"type": "number", "minimum": 0, "maximum": FARTHEST},
            "multiplier": {"type": "number", "minimum": 0, "maximum": 1_000_000},
        },
        {"advance": 10},
        closed=True,
    ),
    "TokenChange": _object(
        {},
        {"add": _TOKEN, "account": TEXT, "tier": _TIER, "expire": TEXT, "revoke": TEXT},
        {"add": "cfc_second", "tier": "pro"},
        closed=True,
    ),
    "TokenAnswer": _object({"account": _or_null(TEXT)}),
    "NewFault": _object({"kind": _FAULT_KIND}, _FAULT, _FAULT_EXAMPLE, closed=True),
    "Fault": _object({"kind": _FAULT_KIND, "number": _COUNT, **_FAULT}),
}
