"""The OpenAPI 3.1 document, generated from the routes."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask

from ..http.operations import Operation, operations, schema_of
from ..state.kinds import KINDS
from ..state.rules import LARGEST_PAGE, MOST_PER_PAGE, PER_PAGE
from .schemas import SCHEMAS, reference

#: route of the control API → schemas of its request and its response; ``{}`` stands for the kind.
_CONTROL: dict[str, tuple[str, str]] = {
    "reset": ("Reset", "Nothing"),
    "get_requests": ("", "[Record]"),
    "clear_requests": ("", "Nothing"),
    "get_summary": ("", "Summary"),
    "get_objects": ("", "[{}Row]"),
    "add_objects": ("{}Seed", "{}Row"),
    "edit_object": ("{}Seed", "{}Row"),
    "remove_object": ("", "Nothing"),
    "get_settings": ("", "Settings"),
    "change_settings": ("Settings", "Settings"),
    "get_environment": ("", "Environment"),
    "get_clock": ("", "Clock"),
    "change_clock": ("ClockChange", "Clock"),
    "change_tokens": ("TokenChange", "TokenAnswer"),
    "get_faults": ("", "[Fault]"),
    "add_fault": ("NewFault", "Fault"),
    "clear_faults": ("", "Nothing"),
}
_KIND = re.compile(r"<any\([^)]*\):kind>")
_STATUSES = {
    400: "A rule of the request is broken",
    401: "The token is missing, unknown or expired",
    403: "The account's tier does not allow it",
    404: "The account has no such object",
    409: "There already is an object with this id",
    415: "The body is not JSON",
    429: "Too many requests; wait for 10 s",
    500: "The runner's machine does not answer",
}


def describe(app: Flask, url: str) -> dict[str, Any]:
    """Describe all routes of /v1 and /emulator; ``url`` is where they are served."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations():
        path = f"/v1{one.path.replace('<id_>', '{id}')}"
        paths.setdefault(path, {})[one.method.lower()] = _api_operation(one)
    for path, method, operation in _control_operations(app):
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ComfyControl emulator",
            "version": _version(),
            "description": "A local stand-in for the ComfyControl API, and the control API of the"
            " stand-in itself. It is for trials and tests: give it no real secrets.",
        },
        "servers": [{"url": url}],
        "tags": [
            {"name": "v1", "description": "The ComfyControl API"},
            {"name": "emulator", "description": "Control of the emulator; needs no token"},
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": SCHEMAS,
        },
    }


def _version() -> str:
    try:
        return version("pulumi-comfycontrol")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0"


def _api_operation(one: Operation) -> dict[str, Any]:
    kind = KINDS.get(one.kind)
    parameters = _parameters({"type": "string", "format": "uuid"} if "<id_>" in one.path else None)
    if one.gives.endswith("Page"):
        parameters += [
            _query("page", _number_from_1(LARGEST_PAGE, default=1)),
            _query("per_page", _number_from_1(MOST_PER_PAGE, default=PER_PAGE)),
        ]
        if kind and kind.has_status_filter:
            parameters.append(_query("status", {"type": "string", "enum": ["active", "disabled"]}))
    errors = [401, 403, 429]
    if one.takes or parameters:
        errors.append(400)
    if "<id_>" in one.path:
        errors.append(404)
    if one.path.endswith(("/stats", "/interrupt")):
        errors.append(500)
    described = _operation(
        one.name,
        one.summary,
        "v1",
        "201" if one.method == "POST" and one.takes else "200",
        one.gives,
    )
    described["security"] = [{"token": []}]
    described["responses"] |= _errors(errors)
    if parameters:
        described["parameters"] = parameters
    if one.takes:
        files = [name for name, it in kind.fields.items() if it.is_file] if kind else []
        described["requestBody"] = _form(one.takes, files) if files else _body(reference(one.takes))
    return described


def _control_operations(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for rule in app.url_map.iter_rules():
        area, _, name = rule.endpoint.partition(".")
        if area != "emulator" or name not in _CONTROL:
            continue
        [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        summary = (app.view_functions[rule.endpoint].__doc__ or "").splitlines()[0]
        kinds = list(KINDS) if _KIND.search(rule.rule) else [""]
        for kind in kinds:
            path = _KIND.sub(kind, rule.rule).replace("<id_>", "{id}")
            found.append((path, method, _control_operation(name, summary, kind, path)))
    return found


def _control_operation(name: str, summary: str, kind: str, path: str) -> dict[str, Any]:
    prefix = schema_of(KINDS[kind].kind) if kind else ""
    takes, gives = (schema.format(prefix) for schema in _CONTROL[name])
    many = name == "add_objects"
    unique = f"{name}_{kind.replace('-', '_')}" if kind else name
    described = _operation(unique, summary, "emulator", "200", gives)
    parameters = _parameters({"type": "string"} if "{id}" in path else None)
    if many:
        parameters.append(_query("account", {"type": "string"}))
        content = described["responses"]["200"]["content"]["application/json"]
        content["schema"] = {"anyOf": [reference(gives), reference(f"[{gives}]")]}
    if name == "get_requests":
        parameters.append(
            _query("after", {"type": "integer", "minimum": 0, "maximum": 999_999_999})
        )
    if parameters:
        described["parameters"] = parameters
    errors = [400, 403, 415] if takes else [400, 403] if name == "get_requests" else [403]
    errors += [404] if "{id}" in path else [409] if many else []
    described["responses"] |= _errors(errors)
    if takes:
        one = reference(takes)
        schema = {"anyOf": [one, reference(f"[{takes}]")]} if many else one
        described["requestBody"] = _body(schema) | {"required": name == "add_fault"}
    return described


def _operation(name: str, summary: str, tag: str, status: str, gives: str) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if gives:
        done["content"] = {"application/json": {"schema": reference(gives)}}
    return {"operationId": name, "summary": summary, "tags": [tag], "responses": {status: done}}


def _errors(statuses: list[int]) -> dict[str, Any]:
    content = {"application/json": {"schema": reference("Error")}}
    return {
        str(status): {"description": _STATUSES[status], "content": content}
        for status in sorted(statuses)
    }


def _parameters(id_: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [{"name": "id", "in": "path", "required": True, "schema": id_}] if id_ else []


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _number_from_1(most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _form(takes: str, files: list[str]) -> dict[str, Any]:
    encoding = {name: {"contentType": "application/json"} for name in files}
    form = {"schema": reference(takes), "encoding": encoding}
    return {"required": True, "content": {"multipart/form-data": form}}
