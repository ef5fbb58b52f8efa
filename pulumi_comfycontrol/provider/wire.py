"""Translation of values between Pulumi's Python host and the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown
from pulumi.runtime.rpc import deserialize_property, wrap_rpc_secret

from ..frontend.names import from_wire
from ..frontend.state import NOTES_KEY, Known, known, mark_secrets
from ..frontend.wire import PROVIDER_KEY, UNKNOWN_VALUE
from .host import raw_outputs

if TYPE_CHECKING:
    from ..core.types.kind import Kind


def decode_outputs(outputs: Mapping[str, Any]) -> Known:
    """Read a resource's old outputs, including those of a native resource that moves back."""
    if NOTES_KEY not in outputs:
        raw = raw_outputs()
        if raw is not None and NOTES_KEY in raw:
            outputs = {**outputs, NOTES_KEY: deserialize_property(raw[NOTES_KEY])}
    return known(from_wire(outputs))


def decode_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a program's inputs: without the pickled provider, with the core's unknowns."""
    from ..core.types.unknown import UNKNOWN

    return {
        name: _decode(value, UNKNOWN) for name, value in inputs.items() if not name.startswith("__")
    }


def encode_inputs(kind: Kind, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Mark the secret inputs."""
    values = {name: value for name, value in inputs.items() if name != PROVIDER_KEY}
    return mark_secrets(kind, values, mark_secret)


def mark_secret(value: Any) -> Any:
    """Wrap a value as a secret."""
    return wrap_rpc_secret(value)


def _decode(value: Any, unknown: Any) -> Any:
    if isinstance(value, str):
        return unknown if value == UNKNOWN_VALUE else value
    if isinstance(value, dict):
        return {key: _decode(one, unknown) for key, one in value.items()}
    if isinstance(value, list):
        return [_decode(one, unknown) for one in value]
    return unknown if isinstance(value, Unknown) else value
