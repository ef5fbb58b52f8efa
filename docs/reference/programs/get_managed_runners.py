"""The machines that ComfyControl runs, and that this account may use."""

import pulumi
from pulumi_comfycontrol import get_managed_runners

pulumi.export("managed", [runner.name for runner in get_managed_runners()])
