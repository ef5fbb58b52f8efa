"""Values on the wire: ``Struct`` messages with secrets, unknowns and numbers that are doubles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from ..core.types.unknown import UNKNOWN, Unknown
from ..frontend.wire import SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN_VALUE

Values = dict[str, Any]


def decode(message: Struct) -> Values:
    """Return plain values, without secret wrapping; names are those of the wire."""
    return {name: _decode(value) for name, value in message.fields.items()}


def secret_names(*messages: Struct) -> frozenset[str]:
    """Name the properties that are secret, or have a secret part."""
    return frozenset(
        name for message in messages for name, value in message.fields.items() if _has_secret(value)
    )


def encode(values: Mapping[str, Any], secret: Collection[str] = ()) -> Struct:
    """Return the message; the properties named by ``secret`` are wrapped as secrets."""
    message = Struct()
    for name, value in values.items():
        if value is not None:
            wrapped = mark_secret(value) if name in secret and not _is_marked(value) else value
            message.fields[name].CopyFrom(_encode(wrapped))
    return message


def mark_secret(value: Any) -> Values:
    """Wrap a value as a secret."""
    return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value}


def _is_marked(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET_SIGNATURE


def _decode(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == UNKNOWN_VALUE else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(one) for one in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if _is_secret(value):
                return _decode(fields["value"])
            return {name: _decode(one) for name, one in fields.items()}
    return None


def _is_secret(value: Value) -> bool:
    fields = value.struct_value.fields
    return SIGNATURE_KEY in fields and fields[SIGNATURE_KEY].string_value == SECRET_SIGNATURE


def _has_secret(value: Value) -> bool:
    if value.HasField("list_value"):
        return any(map(_has_secret, value.list_value.values))
    if value.HasField("struct_value"):
        return _is_secret(value) or any(map(_has_secret, value.struct_value.fields.values()))
    return False


def _encode(value: Any) -> Value:
    if isinstance(value, Unknown):
        return Value(string_value=UNKNOWN_VALUE)
    if value is None:
        return Value(null_value=0)  # type: ignore[arg-type]
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, Mapping):
        fields = {str(name): _encode(one) for name, one in value.items()}
        return Value(struct_value=Struct(fields=fields))
    return Value(list_value=ListValue(values=[_encode(one) for one in value]))
