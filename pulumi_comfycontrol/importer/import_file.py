"""The file for ``pulumi import --file`` (tested with CLI 3.274.1).

It has full inputs and outputs, so that the engine needs no provider: it could not start one,
because the provider of a dynamic resource is part of the resource's own state.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from typing import Any

from pulumi.dynamic.dynamic import serialize_provider

from .. import provider as provider_package
from ..core.types.kind import Kind
from ..frontend.state import mark_secrets, outputs
from ..frontend.wire import PROVIDER_KEY, SECRET_SIGNATURE, SIGNATURE_KEY
from ..provider.base import KindProvider
from .found import Found


def import_file(found: Sequence[Found]) -> str:
    """Return the file's text, with secrets in the clear."""
    return json.dumps({"resources": [_resource(one) for one in found]}, indent=2) + "\n"


def _resource(one: Found) -> dict[str, Any]:
    marker = {PROVIDER_KEY: serialize_provider(_provider(one.kind))}
    return {
        "type": f"pulumi-python:dynamic/comfycontrol:{one.kind.class_name}",
        "name": one.resource_name,
        "id": one.record.id,
        "inputs": marker | mark_secrets(one.kind, one.values, _secret),
        "outputs": marker | outputs(one.kind, one.record, one.values, {}, _secret),
    }


def _provider(kind: Kind) -> KindProvider:
    """Return the kind's provider, whose class is found by its fixed path."""
    name = kind.class_name.lower()
    module = importlib.import_module(f"{provider_package.__name__}.{name}")
    provider: KindProvider = getattr(module, f"{kind.class_name}Provider")()
    return provider


def _secret(value: Any) -> dict[str, str]:
    """Return a secret in the form of an exported state."""
    return {SIGNATURE_KEY: SECRET_SIGNATURE, "plaintext": json.dumps(value)}
