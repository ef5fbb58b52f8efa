"""All active runners that render, by name."""

import pulumi
from pulumi_comfycontrol import get_runners

runners = get_runners(status="active", tags=["render"], name="studio *")
pulumi.export("endpoints", {runner.name: runner.endpoint for runner in runners})
