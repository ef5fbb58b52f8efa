"""Generator of the native plugin's schema, from the core's kinds and the docstrings.

``python -m tools.schema``; a test compares the file with this module's output.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi_comfycontrol
from pulumi_comfycontrol.core.config import NAMESPACE, SETTINGS, Setting
from pulumi_comfycontrol.core.lookups import LOOKUPS
from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.core.types.kind import Field, Kind
from pulumi_comfycontrol.core.types.placeholders import Placeholder
from pulumi_comfycontrol.core.types.record import Answer
from pulumi_comfycontrol.core.types.runner import RunnerRecord, RunnerSummary

from . import docstrings
from .docstrings import plain

FILE = Path(pulumi_comfycontrol.__file__).parent / "plugin" / "schema.json"
EXAMPLES = Path(__file__).parent / "schema_examples"
_LANGUAGES = {
    # The scope @comfycontrol belongs to ComfyControl, with which this package is not affiliated.
    "nodejs": {"packageName": "pulumi-comfycontrol", "respectSchemaVersion": True},
    "go": {
        "importBasePath": "example.invalid/pulumi-comfycontrol/sdk/go/comfycontrol",
        "respectSchemaVersion": True,
    },
    # pulumi_comfycontrol is the hand-written package, which a generated one would overwrite.
    "python": {
        "packageName": "pulumi_comfycontrol_sdk",
        "inputTypes": "classes-and-dicts",
        "pyproject": {"enabled": True},
        "respectSchemaVersion": True,
    },
    "csharp": {
        "rootNamespace": "PulumiComfycontrol",
        "namespaces": {NAMESPACE: "Comfycontrol"},
        "respectSchemaVersion": True,
    },
    "java": {"basePackage": "comfycontrol"},
}
#: Descriptions that replace those specific to Python.
_DESCRIPTIONS = {
    ("Template", "body"): "The workflow as JSON text, at most 50 MB. Order of keys and white space"
    " have no meaning; integers of any size stay exact.",
}
_SCALARS: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    # Sizes of memory exceed the schema's integer, which has 32 bits in some languages.
    int: {"type": "number"},
    float: {"type": "number"},
    list: {"type": "array", "items": {"type": "string"}},
    dict: {"type": "object", "additionalProperties": {"type": "string"}},
    object: {"type": "string"},
}


def schema() -> dict[str, Any]:
    """Return the package's schema."""
    project = _project()
    return {
        "name": NAMESPACE,
        "displayName": "ComfyControl",
        "version": project["version"],
        "description": "Runners and templates of ComfyControl. Not affiliated with ComfyControl.",
        "keywords": [*project["keywords"], "kind/native", "category/infrastructure"],
        "license": project["license"],
        "publisher": "pulumi-comfycontrol",
        "language": _LANGUAGES,
        "config": {"variables": _settings()},
        "provider": {
            "description": "An account of ComfyControl, for the resources that are given it.",
            "inputProperties": _settings(),
        },
        "types": {_token(type_.__name__): _type(type_) for type_ in _inner_types()},
        "resources": {_token(kind.class_name): _resource(kind) for kind in KINDS.values()},
        "functions": {_token(_camel(name)): _function(name) for name in LOOKUPS},
    }


def text() -> str:
    """Return the file's content."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _settings() -> dict[str, dict[str, Any]]:
    """The settings that have a name in the configuration.

    None names its variable as a default: SDKs would copy a token from there into the state.
    """
    return {row.key: _setting(row) for row in SETTINGS if row.key}


def _setting(row: Setting) -> dict[str, Any]:
    kind = float if isinstance(row.default, float) else str
    meaning = f"{row.sentence[0].upper()}{row.sentence[1:]}. Environment: `{row.variable}`."
    return {**_SCALARS[kind], "description": meaning, **({"secret": True} if row.secret else {})}


def _resource(kind: Kind) -> dict[str, Any]:
    class_: Any = getattr(pulumi_comfycontrol, kind.class_name)
    parameters = docstrings.parameters(class_.__init__)
    outputs = {name: meaning for name, _, meaning in docstrings.attributes(class_)}
    hints = typing.get_type_hints(kind.record)
    inputs = {
        name: _property(_SCALARS[field.type], _described(kind, name, parameters[name]), field)
        for name, field in kind.fields.items()
    }
    inputs["if_exists"] = _property({"type": "string"}, parameters["if_exists"], None)
    properties = {
        _camel(name): _property(_schema_of(name, hints[name]), meaning, kind.fields.get(name))
        for name, meaning in outputs.items()
    }
    examples = (EXAMPLES / f"{kind.class_name.lower()}.md").read_text(encoding="utf-8")
    return {
        "description": f"{plain(docstrings.paragraphs(class_)[0])}\n\n{{{{% examples %}}}}\n"
        "## Example Usage\n{{% example %}}\n\n"
        f"{examples}\n{{{{% /example %}}}}\n{{{{% /examples %}}}}",
        "inputProperties": {_camel(name): one for name, one in inputs.items()},
        "requiredInputs": [_camel(n) for n, field in kind.fields.items() if field.default is None],
        "properties": properties,
        "required": list(properties),
        "aliases": [{"type": f"pulumi-python:dynamic/{NAMESPACE}:{kind.class_name}"}],
    }


def _function(name: str) -> dict[str, Any]:
    function, lookup = getattr(pulumi_comfycontrol, name), LOOKUPS[name]
    described = docstrings.parameters(function)
    hints = typing.get_type_hints(lookup)
    result = hints.pop("return")
    arguments = {
        one: hints[one] for one in inspect.signature(lookup).parameters if one in described
    }
    properties = {
        _camel(one): _schema_of(one, type_) | {"description": plain(described[one])}
        for one, type_ in arguments.items()
    }
    inputs: dict[str, Any] = {"type": "object", "properties": properties}
    required = [_camel(one) for one, type_ in arguments.items() if not _is_optional(type_)]
    if required:
        inputs["required"] = required
    found = {
        "description": plain("\n\n".join(docstrings.paragraphs(function))),
        "inputs": inputs,
        "outputs": _result(lookup.__name__, result),
    }
    return found if properties else {key: found[key] for key in ("description", "outputs")}


def _result(name: str, type_: Any) -> dict[str, Any]:
    """A record's properties, or an object whose only property is the list."""
    if typing.get_origin(type_) is not tuple:
        return _type(_shown(type_))
    items = _schema_of(name, type_) | {"description": "What was found, newest first."}
    return {"type": "object", "properties": {_camel(name): items}, "required": [_camel(name)]}


def _type(type_: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(type_)
    described = {name: meaning for name, _, meaning in docstrings.attributes(type_)}
    names = [field.name for field in dataclasses.fields(type_)]
    properties = {
        _camel(name): _schema_of(name, hints[name]) | {"description": plain(described[name])}
        for name in names
    }
    required = [_camel(name) for name in names if not _may_be_missing(type_, name, hints[name])]
    return {
        "description": plain(docstrings.without_source(docstrings.paragraphs(type_)[0])),
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _inner_types() -> list[type]:
    """The records that are parts of results, and of each other."""
    found: dict[type, None] = {Placeholder: None}
    for lookup in LOOKUPS.values():
        result = typing.get_type_hints(lookup)["return"]
        is_list = typing.get_origin(result) is tuple
        todo = [_shown(typing.get_args(result)[0] if is_list else result)]
        found |= dict.fromkeys(todo if is_list else [])
        for type_ in todo:
            for hint in typing.get_type_hints(type_).values():
                for part in (hint, *typing.get_args(hint)):
                    if isinstance(part, type) and issubclass(part, Answer):
                        found[part] = None
    return sorted(found, key=lambda type_: type_.__name__)


def _shown(type_: type) -> type:
    """The record of a function's result; headers would make all of it secret in two SDKs."""
    return RunnerSummary if type_ is RunnerRecord else type_


def _schema_of(name: str, type_: Any) -> dict[str, Any]:
    if name == "placeholders":
        return {"type": "array", "items": {"$ref": f"#/types/{_token('Placeholder')}"}}
    if _is_optional(type_):
        [type_] = [one for one in typing.get_args(type_) if one is not types.NoneType]
    origin, inner = typing.get_origin(type_), typing.get_args(type_)
    if origin is not None and issubclass(origin, Mapping):
        return _SCALARS[dict]
    if origin is not None:  # a tuple or an iterable
        return {"type": "array", "items": _schema_of("", _shown(inner[0]))}
    if isinstance(type_, type) and issubclass(type_, Answer):
        return {"$ref": f"#/types/{_token(type_.__name__)}"}
    return dict(_SCALARS[type_])


def _property(shape: dict[str, Any], meaning: str, field: Field | None) -> dict[str, Any]:
    secret = {"secret": True} if field is not None and field.secret else {}
    return {**shape, "description": plain(meaning), **secret}


def _described(kind: Kind, name: str, meaning: str) -> str:
    return _DESCRIPTIONS.get((kind.class_name, name), meaning)


def _may_be_missing(type_: type, name: str, hint: Any) -> bool:
    return _is_optional(hint) or (type_ is Placeholder and name != "kind")


def _is_optional(type_: Any) -> bool:
    return types.NoneType in typing.get_args(type_)


def _token(name: str) -> str:
    return f"{NAMESPACE}:index:{name}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _project() -> Mapping[str, Any]:
    path = Path(__file__).parent.parent / "pyproject.toml"
    project: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return project


def main() -> None:
    """Write the schema."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
