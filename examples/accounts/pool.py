"""A component: several machines that take the same workflows."""

import pulumi

from pulumi_comfycontrol import Runner


class Pool(pulumi.ComponentResource):
    """Runners with common tags; their account is the component's provider."""

    ids: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        endpoints: list[str],
        tags: list[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Register each of ``endpoints`` as ``name`` with a number."""
        super().__init__("example:comfycontrol:Pool", name, None, opts)
        self.runners = [
            Runner(
                f"{name}-{number}",
                name=f"{name} {number}",
                endpoint=endpoint,
                tags=tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for number, endpoint in enumerate(endpoints, start=1)
        ]
        self.ids = pulumi.Output.all(*(runner.id for runner in self.runners))
        self.register_outputs({"ids": self.ids})
