"""The address of a runner that somebody else manages."""

import pulumi
from pulumi_comfycontrol import get_runner

runner = get_runner(id="80c2d533-35cc-4f25-aa6f-4b625d1cf2ef")
pulumi.export("endpoint", runner.endpoint)
