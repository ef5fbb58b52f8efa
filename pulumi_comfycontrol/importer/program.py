"""Writes a Pulumi program that declares what was found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .found import Found

#: The stack config that has the header values, by resource name.
HEADERS = "headers"


def project(name: str) -> str:
    """``Pulumi.yaml``."""
    return f"name: {name}\nruntime: python\ndescription: Runners and templates of ComfyControl.\n"


def program(found: Sequence[Found], *, adopt: bool) -> str:
    """``__main__.py``; with ``adopt``, each resource takes over its object by the id."""
    return "\n".join([*_head(found, adopt), "", *(_resource(one, adopt) for one in found)])


def files(found: Sequence[Found]) -> dict[str, str]:
    """The templates' bodies by their path in the project."""
    return {
        _path(one): json.dumps(json.loads(one.values["body"]), indent=2) + "\n"
        for one in found
        if "body" in one.values
    }


def headers(found: Sequence[Found]) -> str:
    """The value of the stack config ``headers``: a JSON object; secret."""
    return json.dumps({one.resource_name: one.headers for one in found if one.headers})


def _head(found: Sequence[Found], adopt: bool) -> Iterator[str]:
    labels = {one.kind.label for one in found}
    names = sorted(label.capitalize() for label in labels)
    with_headers = any(one.headers for one in found)
    yield '"""Runners and templates of a ComfyControl account."""\n'
    if "template" in labels:
        yield "from pathlib import Path\n"
    if adopt or with_headers:
        yield "import pulumi\n"
    yield f"from pulumi_comfycontrol import {', '.join(names)}" if names else ""
    if "template" in labels:
        yield '\nTEMPLATES = Path(__file__).parent / "templates"'
    if with_headers:
        yield (
            "\n# Names of runners to their headers; set by `pulumi config set --secret headers`."
            f'\nheaders = pulumi.Config().require_secret_object("{HEADERS}")'
        )


def _resource(one: Found, adopt: bool) -> str:
    lines = [f"{one.kind.label.capitalize()}(", f"    {_text(one.resource_name)},"]
    lines += [f"    {name}={_argument(one, name, value)}," for name, value in one.values.items()]
    if adopt:
        lines.append(f"    opts=pulumi.ResourceOptions(import_={_text(one.record.id)}),")
    return "\n".join([*lines, ")", ""])


def _argument(one: Found, name: str, value: Any) -> str:
    if name == "headers":
        return f"headers[{_text(one.resource_name)}]"
    if name == "body":
        return f'TEMPLATES / "{one.resource_name}.json"'
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return _text(str(value))


def _path(one: Found) -> str:
    return f"templates/{one.resource_name}.json"


def _text(value: str) -> str:
    # JSON's strings are Python's, too.
    return json.dumps(value, ensure_ascii=not value.isprintable())
