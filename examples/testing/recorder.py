"""Takes the engine's place in tests."""

import pulumi


class Recorder(pulumi.runtime.Mocks):
    """Gives each resource an id and its arguments as outputs, and keeps what was declared."""

    def __init__(self) -> None:
        """Begin with nothing declared."""
        self.declared: list[pulumi.runtime.MockResourceArgs] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict]:
        """Note a resource."""
        self.declared.append(args)
        return f"{args.name}-id", {"status": "active", **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict, None]:  # noqa: ARG002
        """Answer other providers' functions; ComfyControl's do not come here."""
        return {}, None

    def names(self, kind: str) -> list[str]:
        """Return the names of the declared resources whose type ends with ``kind``."""
        return sorted(one.name for one in self.declared if one.typ.endswith(f":{kind}"))
