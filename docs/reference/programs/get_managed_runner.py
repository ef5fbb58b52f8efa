"""The GPU of a machine that ComfyControl runs."""

import pulumi
from pulumi_comfycontrol import get_managed_runner, get_managed_runners

first = get_managed_runners()[0]
pulumi.export("gpu", get_managed_runner(id=first.id).name)
