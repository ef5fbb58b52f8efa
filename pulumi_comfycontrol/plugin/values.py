"""A resource's properties in the protocol's messages: outputs to keep, inputs that a read finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..frontend import state
from ..frontend.names import from_wire, to_wire
from ..frontend.operations import Result
from . import wire

if TYPE_CHECKING:
    from ..core.types.kind import Kind
    from ..frontend.state import Known


def known(outputs: Any) -> Known:
    """Decode an object's outputs, as the engine keeps them."""
    return state.known(from_wire(wire.decode(outputs)))


def outputs(kind: Kind, result: Result, *secret_in: Any, unfinished: bool = False) -> Any:
    """Encode an object; a property that is secret in one of the messages is secret here."""
    encoded = state.outputs(
        kind,
        result.record,
        result.set_fields,
        result.forms,
        wire.mark_secret,
        unfinished=unfinished,
    )
    return wire.encode(to_wire(encoded), secret_names(kind, {}, *secret_in))


def secret_names(kind: Kind, values: dict[str, Any], *messages: Any) -> frozenset[str]:
    """Return the names of secret properties: by their kind, or as marked in the messages."""
    own = {name for name, value in values.items() if kind.is_secret(name, value)}
    names = wire.secret_names(*messages) | own
    return names | {computed for computed, field in kind.derived.items() if field in names}


def live_inputs(kind: Kind, live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the live values; those equal to the program's in meaning, in the program's form."""
    differing = kind.differing(inputs, live)
    return {
        name: value if name in differing else inputs.get(name, value)
        for name, value in live.items()
    }


def imported(kind: Kind, result: Result) -> tuple[Result, dict[str, Any]]:
    """Return the inputs for an imported object."""
    live = result.record.as_dict()
    inputs = {
        name: live[name]
        for name, field in kind.fields.items()
        if not field.secret and live[name] != field.default
    }
    return Result(result.record, frozenset(inputs)), inputs


def warn_of_shown_secrets(kind: Kind, inputs: dict[str, Any]) -> None:
    """Warn of the secret parts of an imported object's inputs."""
    from ..core.progress import listener

    for name, value in inputs.items():
        if kind.is_secret(name, value):
            listener().warning(
                f"The {name} of the {kind.label} has a secret part, and `pulumi import` prints it"
                " in the code that it writes; don't keep that output."
            )
