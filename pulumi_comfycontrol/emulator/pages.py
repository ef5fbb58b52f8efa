"""What a browser shows: the emulator's state, and its API as an OpenAPI document."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template_string, request

from .gate import state

pages = Blueprint("pages", __name__)
_STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .5rem;
border-bottom: 1px solid #ddd; vertical-align: top } code { font-size: 13px }
</style>"""
_HOME = (
    """<!doctype html><html lang="en"><meta charset="utf-8">
<title>ComfyControl emulator</title>"""
    + _STYLE
    + """<h1>ComfyControl emulator</h1>
<p>The API is at <code>{{ url }}v1</code>; <a href="docs">its documentation</a>,
<a href="openapi.json">OpenAPI</a>, <a href="emulator/requests">all requests</a>,
<a href="emulator/settings">settings</a>. Limits of tiers are invented.</p>
<h2>{{ runners|length }} runners</h2>
<table><tr><th>name<th>status<th>endpoint<th>tags<th>headers<th>id</tr>
{% for r in runners %}<tr><td>{{ r.name }}<td>{{ r.status }}<td>{{ r.endpoint }}
<td>{{ r.tags|join(", ") }}<td>{{ r.headers|join(", ") }}<td><code>{{ r.id }}</code></tr>
{% endfor %}
</table><h2>Latest requests</h2>
<table><tr><th>time<th>request<th>status<th>fault</tr>
{% for r in records %}<tr><td>{{ r.time }}<td><code>{{ r.method }} {{ r.path }}</code>
<td>{{ r.status }}<td>{{ r.fault or "" }}</tr>{% endfor %}</table></html>"""
)
_DOCS = (
    """<!doctype html><html lang="en"><meta charset="utf-8"><title>API of the emulator</title>"""
    + _STYLE
    + """<h1>API of the ComfyControl emulator</h1><table><tr><th>route<th>what it does</tr>
{% for path, methods in paths.items() %}{% for method, operation in methods.items() %}
<tr><td><code>{{ method|upper }} {{ path }}</code><td>{{ operation.summary }}</tr>
{% endfor %}{% endfor %}</table></html>"""
)


@pages.get("/")
def home() -> str:
    """Show runners and requests."""
    records = state().recorder.all()[:-21:-1]
    runners = state().runners.all()[:200]
    return render_template_string(_HOME, url=request.url_root, runners=runners, records=records)


@pages.get("/docs")
def docs() -> str:
    """List all routes."""
    return render_template_string(_DOCS, paths=openapi()["paths"])


@pages.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Describe all routes as OpenAPI 3.1; made from the routes themselves."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint.startswith("pages."):
            continue
        path = rule.rule.replace("<id_>", "{id}")
        summary = (current_app.view_functions[rule.endpoint].__doc__ or "").splitlines()[0]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation: dict[str, Any] = {
                "operationId": rule.endpoint.partition(".")[2],
                "summary": summary,
                "responses": {
                    "2XX": {"description": "done"},
                    "4XX": {
                        "description": "refused",
                        "content": {"application/json": {"schema": {"$ref": _ERROR}}},
                    },
                },
            }
            if path.startswith("/v1"):
                operation["security"] = [{"token": []}]
            if "{id}" in path:
                operation["parameters"] = [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ]
            if method in {"POST", "PUT", "PATCH"}:
                schema = {"$ref": _RUNNER} if path.startswith("/v1/runner") else {}
                operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
            paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "ComfyControl emulator", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _SCHEMAS,
        },
    }


_ERROR = "#/components/schemas/Error"
_RUNNER = "#/components/schemas/RunnerFields"
_SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["status", "message"],
        "properties": {"status": {"type": "integer"}, "message": {"type": "string"}},
    },
    "RunnerFields": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 100},
            "endpoint": {"type": "string", "format": "uri"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "tags": {"type": "array", "maxItems": 10, "items": {"type": "string"}},
            "status": {"enum": ["active", "disabled"]},
        },
    },
}
