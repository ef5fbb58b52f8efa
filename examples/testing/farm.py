"""A component: the render machines of one site."""

import pulumi

from pulumi_comfycontrol import Runner, get_runners


def machines(site: str) -> list[str]:
    """The names of the runners that a site has already."""
    return sorted(runner.name for runner in get_runners(tags=[f"site-{site}"]))


class Farm(pulumi.ComponentResource):
    """A runner for each host, all with the site's tag and the same key."""

    ids: pulumi.Output[list[str]]

    def __init__(
        self,
        site: str,
        hosts: list[str],
        key: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Register ``hosts``, which ask for ``key`` in the header X-Farm-Key."""
        super().__init__("example:comfycontrol:Farm", site, None, opts)
        self.runners = [
            Runner(
                f"{site}-{host}",
                name=f"{host} ({site})",
                endpoint=f"https://{host}.{site}.example.com",
                headers={"X-Farm-Key": key},
                tags=["render", f"site-{site}"],
                opts=pulumi.ResourceOptions(parent=self),
            )
            for host in hosts
        ]
        self.ids = pulumi.Output.all(*(runner.id for runner in self.runners))
        self.register_outputs({"ids": self.ids})
