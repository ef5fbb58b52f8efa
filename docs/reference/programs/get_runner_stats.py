"""Free memory of a machine's graphics cards, in gigabytes; an error when it does not answer."""

import pulumi
from pulumi_comfycontrol import get_runner_stats

stats = get_runner_stats(id="80c2d533-35cc-4f25-aa6f-4b625d1cf2ef")
free = {device.name: (device.vram_free or 0) / 10**9 for device in stats.devices}
pulumi.export("free", free)
