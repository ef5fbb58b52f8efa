"""Writes a Pulumi program that declares what was found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .found import Found

#: The key of the stack config that has the secret arguments.
SECRETS = "secrets"
#: Pulumi's own rule for the name of a project.
_PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def is_project_name(name: str) -> bool:
    """Whether Pulumi takes ``name`` for a project."""
    return _PROJECT.fullmatch(name) is not None


def project_name(folder: str) -> str:
    """Return a folder's name as that of a project."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", folder)[:100].strip("-") or "comfycontrol"


def project(name: str) -> str:
    """``Pulumi.yaml``."""
    # In quotes, as 123 or true would be no string.
    return f'name: "{name}"\nruntime: python\ndescription: Runners and templates of ComfyControl.\n'


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


def secrets(found: Sequence[Found]) -> str:
    """The value of the stack config: a JSON object of secret arguments by resource name."""
    return json.dumps({one.resource_name: one.secrets for one in found if one.secrets})


def _head(found: Sequence[Found], adopt: bool) -> Iterator[str]:
    labels = {one.kind.label for one in found}
    names = sorted(label.capitalize() for label in labels)
    with_secrets = any(one.secrets for one in found)
    yield '"""Runners and templates of a ComfyControl account."""\n'
    if "template" in labels:
        yield "from pathlib import Path\n"
    if adopt or with_secrets:
        yield "import pulumi\n"
    yield f"from pulumi_comfycontrol import {', '.join(names)}"
    if "template" in labels:
        yield '\nTEMPLATES = Path(__file__).parent / "templates"'
    if with_secrets:
        yield (
            "\n# Secret arguments by resource name; set by"
            f" `pulumi config set --secret {SECRETS}`."
            f'\nsecrets = pulumi.Config().require_secret_object("{SECRETS}")'
        )


def _resource(one: Found, adopt: bool) -> str:
    lines = [f"{one.kind.label.capitalize()}(", f"    {_text(one.resource_name)},"]
    lines += [f"    {name}={_argument(one, name, value)}," for name, value in one.values.items()]
    if adopt:
        lines.append(f"    opts=pulumi.ResourceOptions(import_={_text(one.record.id)}),")
    return "\n".join([*lines, ")", ""])


def _argument(one: Found, name: str, value: Any) -> str:
    if name in one.secrets:
        return f'secrets[{_text(one.resource_name)}]["{name}"]'
    if name == "body":
        return f'TEMPLATES / "{one.resource_name}.json"'
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return _text(str(value))


def _path(one: Found) -> str:
    return f"templates/{one.resource_name}.json"


def _text(value: str) -> str:
    # JSON's strings are Python's too, but for the escapes of what can't be printed.
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)
