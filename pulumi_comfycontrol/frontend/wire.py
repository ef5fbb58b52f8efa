"""Keys and values with a special meaning in Pulumi's protocol."""

from __future__ import annotations

#: The key that marks a wrapped value, and the mark of a secret under it.
SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's constant
#: The string that stands for a value that is unknown during a preview.
UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#: The metadata in which gRPC carries a status with details.
STATUS_DETAILS = "grpc-status-details-bin"

#: Inputs of a dynamic resource that are no properties of the object: the id of
#: ``ResourceOptions(import_=…)`` under a name that no program passes by mistake, and ``adopt``.
IMPORT_ID = "import-id"
ADOPT = "adopt"
#: The input with the policy for an object that exists already; it is no property either.
IF_EXISTS = "if_exists"
#: The name of the same input of a native resource.
IF_EXISTS_PROPERTY = "ifExists"
#: The input with which a dynamic resource carries its pickled provider.
PROVIDER_KEY = "__provider"
