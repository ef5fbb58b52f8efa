"""The routes as an OpenAPI 3.1 document, made from the routes themselves."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from ..http.operations import operations
from .schemas import SCHEMAS

#: route → schema of its request, schema of its answer; a list is written [name], none is "".
_OPERATIONS: dict[str, tuple[str, str]] = {
    "emulator.reset": ("Reset", "Nothing"),
    "emulator.get_requests": ("", "[Record]"),
    "emulator.clear_requests": ("", "Nothing"),
    "emulator.get_summary": ("", "Summary"),
    "emulator.get_objects": ("", "[Object]"),
    "emulator.add_objects": ("Object", "Object"),
    "emulator.edit_object": ("Object", "Object"),
    "emulator.remove_object": ("", "Nothing"),
    "emulator.get_settings": ("", "Settings"),
    "emulator.change_settings": ("Settings", "Settings"),
    "emulator.get_clock": ("", "Clock"),
    "emulator.change_clock": ("ClockChange", "Clock"),
    "emulator.change_tokens": ("TokenChange", "TokenAnswer"),
    "emulator.get_faults": ("", "[Fault]"),
    "emulator.add_fault": ("Fault", "Fault"),
    "emulator.clear_faults": ("", "Nothing"),
}
_OPERATIONS |= {f"v1.{one.name}": (one.takes, one.gives) for one in operations()}
_ARGUMENT = re.compile(r"<(?:any\((?P<choices>[^)]*)\):)?(?P<name>\w+)>")
_PAGE = {"page": {"minimum": 1, "default": 1}, "per_page": {"minimum": 1, "maximum": 100}}


def describe(app: Flask) -> dict[str, Any]:
    """Describe all routes of /v1 and /emulator."""
    paths: dict[str, dict[str, Any]] = {}
    summaries = {name: view.__doc__ or "" for name, view in app.view_functions.items()}
    summaries |= {f"v1.{one.name}": one.summary for one in operations()}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in _OPERATIONS:
            continue
        path = _ARGUMENT.sub(lambda found: f"{{{found['name'].rstrip('_')}}}", rule.rule)
        summary = summaries[rule.endpoint].splitlines()[0]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            paths.setdefault(path, {})[method.lower()] = _operation(rule, summary)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ComfyControl emulator",
            "version": "1",
            "description": "A local stand-in; what it must not be used for is in its manual.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": SCHEMAS,
        },
    }


def _operation(rule: Rule, summary: str) -> dict[str, Any]:
    wanted, given = _OPERATIONS[rule.endpoint]
    refused = {"description": "refused", "content": _content("Error")}
    done = {"description": "done"} | ({"content": _content(given)} if given else {})
    area, _, name = rule.endpoint.partition(".")
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": [area],
        "responses": {"2XX": done, "4XX": refused},
    }
    if area == "v1":
        operation["security"] = [{"token": []}]
        operation["responses"]["5XX"] = refused
    parameters = _parameters(rule, given)
    if parameters:
        operation["parameters"] = parameters
    if wanted:
        kind = "multipart/form-data" if "Template" in wanted else "application/json"
        operation["requestBody"] = {"content": _content(wanted, kind)}
    return operation


def _parameters(rule: Rule, given: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for argument in _ARGUMENT.finditer(rule.rule):
        schema: dict[str, Any] = {"type": "string"}
        if argument["choices"]:
            schema["enum"] = [one.strip(' "') for one in argument["choices"].split(",")]
        name = argument["name"].rstrip("_")
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if given.endswith("Page"):
        found += [_query(name, {"type": "integer", **limits}) for name, limits in _PAGE.items()]
    if given == "RunnerPage":
        found.append(_query("status", {"enum": ["active", "disabled"]}))
    if rule.endpoint == "emulator.add_objects":
        found.append(_query("account", {"type": "string"}))
    return found


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _content(schema: str, kind: str = "application/json") -> dict[str, Any]:
    name = schema.strip("[]")
    reference: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
    many = {"type": "array", "items": reference}
    return {kind: {"schema": many if schema.startswith("[") else reference}}
