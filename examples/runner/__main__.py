"""One ComfyUI machine, registered with ComfyControl."""

import pulumi

from pulumi_comfycontrol import Runner

config = pulumi.Config()

gpu = Runner(
    "gpu",
    name="Production GPU",
    endpoint=config.get("endpoint") or "https://comfy.example.com",
    headers={"Authorization": config.require_secret("runnerAuthorization")},
    tags=["production", "gpu-a100"],
)

pulumi.export("id", gpu.id)
pulumi.export("status", gpu.status)
