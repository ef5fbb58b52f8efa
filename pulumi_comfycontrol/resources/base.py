"""Base of the resource classes, whichever front-end manages the resource."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pulumi

from ..core.types.kind import Kind
from .declaration import checked, secret_output


class KindResource(pulumi.CustomResource):
    """A resource of one kind.

    A class of arguments (``RunnerDeclaration``) and a class of a front-end (``DynamicResource``)
    make a resource class between them.
    """

    _kind: ClassVar[Kind]

    def _declared(
        self,
        resource_name: str,
        arguments: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
        *,
        adopt: str | None,
        if_exists: str | None,
    ) -> tuple[Any, ...]:
        """Validate the arguments, and return those of the SDK's constructor.

        The public constructor calls that itself: the state of each resource has an entry for every
        frame between the SDK's constructor and the program.
        """
        derived = self._kind.derived.items()
        # An output may prove secret only later.
        maybe_secret = [name for name, of in derived if isinstance(arguments[of], pulumi.Output)]
        options = pulumi.ResourceOptions(
            additional_secret_outputs=[*self._kind.secret_fields, *maybe_secret],
            aliases=self._former(resource_name, opts),
        )
        if opts is not None:
            options = pulumi.ResourceOptions.merge(options, opts)
        inputs = checked(self, self._kind, resource_name, arguments, options)
        for name in self._kind.secret_fields:
            if inputs[name] is not None:
                inputs[name] = secret_output(inputs[name])
        # Outputs come first, so that an argument with an output's name is reported as unknown.
        properties = {**dict.fromkeys(self._kind.computed), **inputs}
        return self._sdk_arguments(resource_name, properties, options, adopt, if_exists)

    def _former(
        self, resource_name: str, opts: pulumi.ResourceOptions | None
    ) -> list[str | pulumi.Alias]:
        """Return what the resource may have been before."""
        del resource_name, opts
        return []

    @abstractmethod
    def _sdk_arguments(
        self,
        resource_name: str,
        properties: dict[str, Any],
        opts: pulumi.ResourceOptions,
        adopt: str | None,
        if_exists: str | None,
    ) -> tuple[Any, ...]:
        """Return the arguments of the SDK's constructor; ``opts`` may be changed."""

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
