"""The resource :class:`Template`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pulumi

from ..core.types import json_text
from ..core.types.template import FAULT, TEMPLATE
from ..provider.template import TemplateProvider
from .base import KindResource
from .declaration import takes_any_argument
from .dynamic import DynamicResource

Body = Mapping[str, Any] | str | os.PathLike[str] | pulumi.FileAsset | pulumi.StringAsset


class TemplateDeclaration(KindResource):
    """The arguments and outputs of a template, for each front-end the same."""

    _kind = TEMPLATE

    name: pulumi.Output[str]
    """1 to 100 characters."""
    description: pulumi.Output[str]
    """1 to 500 characters."""
    body: pulumi.Output[str]
    """The workflow as JSON text with sorted keys and without white space."""
    placeholders: pulumi.Output[list[dict[str, Any]]]
    """Each placeholder once: ``kind`` (text, choice, file, random or timestamp), and where it has
    them ``name``, ``default`` and ``options``. A secret when the body has outputs."""
    user_id: pulumi.Output[str]
    """The id of the account that owns the template."""
    created_at: pulumi.Output[str]
    """When the template was created: ISO 8601, UTC."""
    updated_at: pulumi.Output[str]
    """When the template was last changed: ISO 8601, UTC."""

    @takes_any_argument
    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        description: pulumi.Input[str],
        body: pulumi.Input[Body],
        adopt: Literal["update"] | None = None,
        if_exists: Literal["create", "fail", "adopt"] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a template.

        :param name: The template's name, 1 to 100 characters. Names need not be unique.
        :param description: The template's purpose, 1 to 500 characters.
        :param body: The workflow as a dict, JSON text, or a file; at most 50 MB.
            A file is a ``pathlib.Path`` or a ``pulumi.FileAsset``. Order of keys and white space
            have no meaning; integers of any size stay exact.
        :param adopt: With ``import_``, "update" makes the template equal the program.
            Otherwise a difference is an error. Has no effect on a native resource, which Pulumi
            itself changes.
        :param if_exists: Policy for an equal template: "create" another one, "fail", or "adopt" it.
            Equal is one of the account with the same name that no resource of the stack manages.
            "fail" names it; "adopt" takes it over, even where another stack manages it.
            ``comfycontrol:ifExists`` is the default.
        :param opts: Pulumi's options for every resource.
        :param resource_name: The resource's name in the program and in its URN.
        """
        super().__init__(
            *self._declared(
                resource_name,
                {"name": name, "description": description, "body": json_body(body)},
                opts,
                adopt=adopt,
                if_exists=if_exists,
            )
        )


class Template(TemplateDeclaration, DynamicResource, module="comfycontrol", name="Template"):
    """A workflow with placeholders that ComfyControl keeps for its users.

    The rules for the arguments come from the API's page templates/create. A preview reports
    all invalid and unknown arguments of the program's resources at once; a mistake in a
    placeholder is a warning there. All arguments can be changed in place.
    """

    _provider_class = TemplateProvider


def json_body(body: Any) -> Any:
    """Return a body as JSON text, before the SDK turns its numbers into floats."""
    try:
        has_outputs = _has_outputs(body)
    except RecursionError:
        return {FAULT: "is nested too deeply, or contains itself"}
    if body is None or not has_outputs:
        return _text(body)
    return pulumi.Output.from_input(body).apply(_text)


def _text(body: Any) -> Any:
    """Return JSON text, or a map with the fault, which is reported with the other faults."""
    if body is None:
        return None
    try:
        if isinstance(body, pulumi.FileAsset):
            body = Path(body.path)
        if isinstance(body, os.PathLike):
            body = Path(body).read_text(encoding="utf-8-sig")
        if isinstance(body, pulumi.StringAsset):
            body = body.text
        return json_text.canonical(json_text.parse(body) if isinstance(body, str) else body)
    except json_text.InvalidJson as error:
        return {FAULT: f"{error}{_hint(body)}"}
    except OSError as error:
        return {FAULT: f"can't be read from the file {error.filename}: {error.strerror}"}
    except UnicodeDecodeError:
        return {FAULT: "can't be read: the file is not UTF-8 text"}


def _hint(body: Any) -> str:
    if isinstance(body, str) and body.strip().endswith(".json"):
        return "; to read a file, give it as a pathlib.Path"
    return ""


def _has_outputs(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_outputs, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_outputs, value))
    return not isinstance(value, str | int | float | os.PathLike | pulumi.Asset | None)
