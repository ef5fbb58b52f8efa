"""The JSON schemas of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from ..state.faults import KINDS
from ..state.rules import LONGEST_NAME, MOST_TAGS
from ..state.settings import CHOICES, TIERS, Settings
from ..state.templates import LONGEST_DESCRIPTION

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_WHOLE: Schema = {"type": "integer"}
_BYTES: Schema = {"type": "integer", "format": "int64"}
_FLAG: Schema = {"type": "boolean"}
_ID: Schema = {"type": "string", "format": "uuid"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_STATUS: Schema = {"enum": ["active", "disabled"]}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}
_FILE: Schema = {"type": "string", "contentMediaType": "application/json"}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    properties = required | (optional or {})
    return {"type": "object", "properties": properties} | (
        {"required": list(required)} if required else {}
    )


def _page(name: str, schema: str) -> Schema:
    return _object({name: _many(schema), "total": _WHOLE})


def _many(schema: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TAGS: Schema = {"type": "array", "maxItems": MOST_TAGS, "items": {"type": "string"}}
_ENDPOINT: Schema = {"type": "string", "format": "uri"}
_DESCRIPTION: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_DESCRIPTION}
_STAMPS = {"created_at": _TIME, "updated_at": _TIME}
_OWNED = {"id": _ID, "user_id": _ID, "name": _NAME}
_RUNNER = {"endpoint": _ENDPOINT, "headers": _TEXTS, "tags": _TAGS, "status": _STATUS}
_SUMMARY = {**_OWNED, "description": _DESCRIPTION, **_STAMPS}


def _setting(name: str, value: object) -> Schema:
    if name in CHOICES:
        return {"enum": list(CHOICES[name])}
    types = {bool: _FLAG, int: _WHOLE, float: _NUMBER, dict: {"type": "object"}}
    return types[type(value)]


SCHEMAS: dict[str, Schema] = {
    "Error": _object({"status": _WHOLE, "message": _TEXT}),
    "Nothing": {"type": "object", "maxProperties": 0},
    "User": _object(
        {
            "id": _ID,
            "name": _TEXT,
            "email": _TEXT,
            "deleted": _FLAG,
            "tier": {"enum": list(TIERS)},
            **_STAMPS,
        },
        {"provider": {"enum": ["github", "google"]}},
    ),
    "NewRunner": _object(
        {"name": _NAME, "endpoint": _ENDPOINT}, {"headers": _TEXTS, "tags": _TAGS}
    ),
    "RunnerChange": _object({}, {"name": _NAME, **_RUNNER}),
    "Runner": _object({**_OWNED, **_RUNNER, **_STAMPS}),
    "RunnerPage": _page("runners", "Runner"),
    "Stats": _object(
        {
            "system": _object(
                {},
                {
                    "os": _TEXT,
                    "ram_total": _BYTES,
                    "ram_free": _BYTES,
                    "comfyui_version": _TEXT,
                    "python_version": _TEXT,
                },
            ),
            "devices": {
                "type": "array",
                "items": _object(
                    {}, {"name": _TEXT, "type": _TEXT, "vram_total": _BYTES, "vram_free": _BYTES}
                ),
            },
            "dev_mode": _FLAG,
            "extensions": {"type": "array", "items": _TEXT},
        }
    ),
    "ManagedRunner": _object(
        {
            "id": _ID,
            "name": _TEXT,
            "runner_type": {"enum": ["plus", "pro"]},
            "status": _STATUS,
            "tags": {"type": "array", "items": _TEXT},
            **_STAMPS,
        }
    ),
    "ManagedRunnerPage": _page("runners", "ManagedRunner"),
    "NewTemplate": _object({"name": _NAME, "description": _DESCRIPTION, "body": _FILE}),
    "TemplateChange": _object({}, {"name": _NAME, "description": _DESCRIPTION, "body": _FILE}),
    "TemplateSummary": _object(_SUMMARY),
    "Template": _object({**_SUMMARY, "body": {"type": "object"}}),
    "TemplatePage": _page("templates", "TemplateSummary"),
    "Object": {
        "description": "One runner, template or managed runner; to add many, a list of them.",
        "type": ["object", "array"],
    },
    "Reset": _object({}, {"what": {"type": "array", "items": _TEXT}}),
    "Record": _object(
        {
            "number": _WHOLE,
            "at": _NUMBER,
            "time": _TIME,
            "method": _TEXT,
            "path": _TEXT,
            "query": _TEXTS,
            "client": _TEXT,
            "user_agent": _TEXT,
            "body": {},
            "account": _or_null(_TEXT),
            "status": _or_null(_WHOLE),
            "fault": _or_null(_TEXT),
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
    "Settings": _object(
        {}, {name: _setting(name, value) for name, value in Settings().as_json().items()}
    ),
    "Clock": _object({"time": _TIME, "multiplier": _NUMBER}),
    "ClockChange": _object({}, {"advance": _NUMBER, "multiplier": _NUMBER}),
    "TokenChange": _object(
        {},
        {
            "add": _TEXT,
            "account": _TEXT,
            "tier": {"enum": list(TIERS)},
            "expire": _TEXT,
            "revoke": _TEXT,
        },
    ),
    "TokenAnswer": _object({"account": _or_null(_TEXT)}),
    "Fault": _object(
        {"kind": {"enum": [kind for kind in KINDS if kind != "call"]}},
        {
            "method": _TEXT,
            "path": _TEXT,
            "times": _or_null(_WHOLE),
            "skip": _WHOLE,
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "seed": _WHOLE,
            "status": _WHOLE,
            "message": _TEXT,
            "delay": _NUMBER,
            "retry_after": _or_null(_TEXT),
            "number": {"type": "integer", "readOnly": True},
        },
    ),
}
