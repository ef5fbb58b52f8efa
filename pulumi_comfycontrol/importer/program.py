"""The files of a Pulumi project that declares the found objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import Any

from .found import Found
from .python_text import call, keyword_argument, string, variable

#: The key of the secret arguments in the stack config.
SECRETS = "secrets"
#: Pulumi's own rule for the name of a project.
_PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,100}")
#: Names that a program's variables must not have.
_TAKEN = ("Path", "pulumi", SECRETS)


def is_project_name(name: str) -> bool:
    """Whether Pulumi accepts ``name`` as a project's name."""
    return _PROJECT.fullmatch(name) is not None


def project_name(folder: str) -> str:
    """Return a folder's name as that of a project."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", folder)[:100].strip("-") or "comfycontrol"


def project(name: str) -> str:
    """``Pulumi.yaml``: ``pulumi install`` makes the virtual environment that it names."""
    # In quotes, because 123 or true would not be strings.
    return f"""name: "{name}"
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
description: Runners and templates of ComfyControl.
"""


def requirements() -> str:
    """``requirements.txt``: this version or a newer one that is compatible."""
    version = metadata.version("pulumi-comfycontrol")
    return f"pulumi-comfycontrol>={version},<{int(version.split('.')[0]) + 1}\n"


def ignored() -> str:
    """``.gitignore``."""
    return "venv/\n__pycache__/\n"


def program(found: Sequence[Found], *, adopt: bool) -> str:
    """``__main__.py``; with ``adopt``, each resource adopts its object by the id."""
    parts = ["\n".join(_head(found, adopt))]
    names = {*_TAKEN, *(_folder_constant(one) for one in found)}
    names |= {one.kind.class_name for one in found}
    for one in found:
        name = variable(one.resource_name, one.kind.label, names)
        names.add(name)
        parts.append(_resource(one, name, adopt))
    return "\n".join(parts)


def documents(found: Sequence[Found]) -> dict[str, str]:
    """The values that are documents, such as a template's body, by their path in the project."""
    return {
        f"{one.kind.plural}/{_file(one)}": json.dumps(json.loads(value), indent=2) + "\n"
        for one in found
        for name, value in one.values.items()
        if one.kind.fields[name].is_document
    }


def secrets(found: Sequence[Found]) -> str:
    """The value of the stack config: a JSON object of secret arguments by resource name."""
    return json.dumps({one.resource_name: one.secrets for one in found if one.secrets})


def _head(found: Sequence[Found], adopt: bool) -> Iterator[str]:
    with_secrets = any(one.secrets for one in found)
    folders = sorted({(_folder_constant(one), one.kind.plural) for one in found if _has_file(one)})
    yield '"""Runners and templates of a ComfyControl account."""\n'
    if folders:
        yield "from pathlib import Path\n"
    if adopt or with_secrets:
        yield "import pulumi"
    yield f"from pulumi_comfycontrol import {', '.join(sorted({_class(one) for one in found}))}"
    for constant, folder in folders:
        yield f'\n{constant} = Path(__file__).parent / "{folder}"'
    if with_secrets:
        yield (
            "\n# Secret arguments by resource name; set by"
            f" `pulumi config set --secret {SECRETS}`."
            f'\n{SECRETS} = pulumi.Config().require_secret_object("{SECRETS}")'
        )
    yield ""


def _resource(one: Found, variable_: str, adopt: bool) -> str:
    arguments = [string(one.resource_name)]
    arguments += [_argument(one, name, value) for name, value in one.values.items()]
    if adopt:
        import_ = f"import_={string(one.record.id)}"
        arguments.append(keyword_argument("opts", "pulumi.ResourceOptions(", [import_], ")"))
    return call(_class(one), arguments, variable_)


def _argument(one: Found, name: str, value: Any) -> str:
    if name in one.secrets:
        return f'{name}={SECRETS}[{string(one.resource_name)}]["{name}"]'
    if one.kind.fields[name].is_document:
        return f"{name}={_folder_constant(one)} / {string(_file(one))}"
    if isinstance(value, list):
        return keyword_argument(name, "[", [string(str(item)) for item in value], "]")
    return f"{name}={string(str(value))}"


def _has_file(one: Found) -> bool:
    return any(one.kind.fields[name].is_document for name in one.values)


def _class(one: Found) -> str:
    return one.kind.class_name


def _folder_constant(one: Found) -> str:
    return one.kind.plural.upper()


def _file(one: Found) -> str:
    return f"{one.resource_name}.json"
