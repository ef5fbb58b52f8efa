"""Writes a file for ``pulumi import --file`` (CLI 3.254 and newer).

It has full inputs and outputs, so that the engine asks no provider: it could not, because
Pulumi starts the provider of a dynamic resource from the resource's own state.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.rpc import _special_secret_sig, _special_sig_key

from ..core.types.kind import Kind
from ..core.types.runner import RUNNER
from ..provider.base import KindProvider
from ..provider.runner import RunnerProvider
from ..provider.template import TemplateProvider
from .found import Found


def import_file(found: Sequence[Found]) -> str:
    """Return the file's text; secrets stand in it in the clear."""
    return json.dumps({"resources": [_resource(one) for one in found]}, indent=2) + "\n"


def _resource(one: Found) -> dict[str, Any]:
    provider: KindProvider = RunnerProvider() if one.kind is RUNNER else TemplateProvider()
    marker = {"__provider": serialize_provider(provider)}
    return {
        "type": f"pulumi-python:dynamic/comfycontrol:{one.kind.label.capitalize()}",
        "name": one.resource_name,
        "id": one.record.id,
        "inputs": marker | _in_state(one.kind, one.values),
        "outputs": marker | _in_state(one.kind, provider.outputs(one.record, one.values)),
    }


def _in_state(kind: Kind, properties: dict[str, Any]) -> dict[str, Any]:
    """Write secrets as they stand in an exported state."""
    return {
        name: _secret(value) if kind.is_secret(name, value) else value
        for name, value in properties.items()
    }


def _secret(value: Any) -> dict[str, str]:
    return {_special_sig_key: _special_secret_sig, "plaintext": json.dumps(value)}
