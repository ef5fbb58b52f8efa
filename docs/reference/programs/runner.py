"""Two machines: one with a secret header, and one that takes part in nothing for now."""

import pulumi
from pulumi_comfycontrol import Runner

config = pulumi.Config()

gpu = Runner(
    "gpu",
    name="Production GPU",
    endpoint="https://comfy.example.com",
    headers={"Authorization": config.require_secret("authorization")},
    tags=["production", "gpu-a100"],
)
spare = Runner(
    "spare",
    name="Spare GPU",
    endpoint="https://spare.example.com",
    status="disabled",
    opts=pulumi.ResourceOptions(protect=True),
)

pulumi.export("gpu", gpu.id)
pulumi.export("owner", gpu.user_id)
