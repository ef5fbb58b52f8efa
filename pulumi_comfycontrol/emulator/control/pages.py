"""What a browser shows: the emulator's state, and its API."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template_string, request

from ..http.context import state
from ..state.recorder import mask
from .openapi import describe

pages = Blueprint("pages", __name__)
_MOST_ROWS = 200
_MOST_REQUESTS = 30
_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>ComfyControl emulator</title><style>
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } td { overflow-wrap: anywhere }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #8884;
vertical-align: top } code, pre { font-size: 13px } pre { overflow-x: auto; margin: .25rem 0 }
</style></head><body>"""
_HOME = (
    _HEAD
    + """<h1>ComfyControl emulator</h1>
<p>The API is at <code>{{ url }}v1</code>: <a href="docs">its documentation</a>,
<a href="openapi.json">OpenAPI</a>, <a href="emulator/requests">all requests</a>.
Limits of tiers and figures of machines are invented.</p>
<h2>Runners</h2><p>{{ runner_count }} in all.</p>
<table><tr><th>name<th>status<th>endpoint<th>tags<th>headers<th>id</tr>
{% for r in runners %}<tr><td>{{ r.name }}<td>{{ r.status }}<td>{{ mask(r.endpoint) }}
<td>{{ r.tags|join(", ") }}<td>{{ r.headers|join(", ") }}<td><code>{{ r.id }}</code></tr>
{% endfor %}</table>
<h2>Templates</h2><p>{{ template_count }} in all.</p>
<table><tr><th>name<th>description<th>characters<th>id</tr>
{% for t in templates %}<tr><td>{{ t.name }}<td>{{ t.description }}<td>{{ t.body|length }}
<td><code>{{ t.id }}</code></tr>{% endfor %}</table>
<h2>Latest requests</h2>
<table><tr><th>time<th>request<th>status<th>fault</tr>
{% for r in records %}<tr><td>{{ r.time }}<td><code>{{ r.method }} {{ r.path }}</code>
<td>{{ r.status or "none" }}<td>{{ r.fault or "" }}</tr>{% endfor %}</table>
<h2>Settings</h2><table>{% for name, value in settings.items() %}
<tr><td><code>{{ name }}</code><td><code>{{ value|tojson }}</code></tr>{% endfor %}</table>
</body></html>"""
)
_DOCS = (
    _HEAD
    + """<h1>API of the ComfyControl emulator</h1>
<p><a href=".">Its state</a>, <a href="openapi.json">OpenAPI</a></p>
{% for area, title in (("v1", "ComfyControl"), ("emulator", "Control of the emulator")) %}
<h2>{{ title }}</h2><table><tr><th>route<th>what it does<th>takes<th>gives</tr>
{% for path, methods in paths.items() %}{% for method, one in methods.items() %}
{% if area in one.tags %}<tr><td><code>{{ method|upper }} {{ path }}</code><td>{{ one.summary }}
{% for body in (one.get("requestBody", {}), one.responses.values()|first) %}<td>
{% for content in body.get("content", {}).values() %}{% set schema = content.schema %}
{% set name = schema.get("items", schema)["$ref"].split("/")|last %}
<a href="#{{ name }}">{{ name }}</a>{{ "s" if "items" in schema }}
{% endfor %}{% endfor %}</tr>{% endif %}{% endfor %}{% endfor %}</table>{% endfor %}
<h2>Schemas</h2>{% for name, schema in schemas.items() %}
<h3 id="{{ name }}">{{ name }}</h3><pre>{{ schema|tojson(2) }}</pre>{% endfor %}</body></html>"""
)


@pages.get("/")
def home() -> Response:
    """Show objects, requests and settings."""
    runners, templates = (state().collections[name].all() for name in ("runners", "templates"))
    return _page(
        _HOME,
        url=request.url_root,
        mask=mask,
        runner_count=len(runners),
        runners=runners[:_MOST_ROWS],
        template_count=len(templates),
        templates=templates[:_MOST_ROWS],
        records=state().recorder.all()[: -_MOST_REQUESTS - 1 : -1],
        settings=state().settings.as_json(),
    )


@pages.get("/docs")
def docs() -> Response:
    """List all routes."""
    document = describe(current_app, request.url_root.rstrip("/"))
    return _page(_DOCS, paths=document["paths"], schemas=document["components"]["schemas"])


@pages.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Describe all routes for machines."""
    return describe(current_app, request.url_root.rstrip("/"))


def _page(template: str, **values: Any) -> Response:
    # JSON can name half a character, which no page can show.
    text = render_template_string(template, **values)
    return Response(text.encode(errors="replace"), mimetype="text/html")
