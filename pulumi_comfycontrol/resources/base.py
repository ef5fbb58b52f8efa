"""Base of the resource classes, whichever front-end manages the resource."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import pulumi

from ..core.types.kind import Kind
from .declaration import checked


class KindResource(pulumi.CustomResource):
    """A resource of one kind.

    A class of arguments (``RunnerDeclaration``) and a class of a front-end (``DynamicResource``)
    make a resource class between them.
    """

    _kind: ClassVar[Kind]

    def _declare(
        self,
        resource_name: str,
        arguments: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
        *,
        adopt: str | None,
        if_exists: str | None,
        secret_outputs: Iterable[str] = (),
    ) -> None:
        """Validate the arguments, and register the resource."""
        secret = [name for name, field in self._kind.fields.items() if field.secret]
        own = pulumi.ResourceOptions(
            additional_secret_outputs=[*secret, *secret_outputs],
            aliases=self._former(resource_name, opts),
        )
        merged = pulumi.ResourceOptions.merge(own, opts)
        inputs = checked(self, self._kind, resource_name, arguments, merged)
        for name in secret:
            if inputs[name] is not None:
                inputs[name] = pulumi.Output.secret(inputs[name])
        # Outputs come first, so that an argument with an output's name is reported as unknown.
        properties = {**dict.fromkeys(self._kind.computed), **inputs}
        self._register(resource_name, properties, merged, adopt, if_exists)

    def _former(
        self, resource_name: str, opts: pulumi.ResourceOptions | None
    ) -> list[str | pulumi.Alias]:
        """Return what the resource may have been before."""
        del resource_name, opts
        return []

    @abstractmethod
    def _register(
        self,
        resource_name: str,
        properties: dict[str, Any],
        opts: pulumi.ResourceOptions,
        adopt: str | None,
        if_exists: str | None,
    ) -> None:
        """Register the resource with the engine; ``opts`` may be changed."""

    @classmethod
    def get(
        cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> Self:
        """Read the object with ``id`` without managing it; an unknown id is an error."""
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        missing = [name for name, field in cls._kind.fields.items() if field.default is None]
        constructor: Any = cls
        resource: Self = constructor(resource_name, **dict.fromkeys(missing), opts=opts)
        return resource
