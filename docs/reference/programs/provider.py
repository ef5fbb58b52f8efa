"""A runner and a lookup in a second account."""

import pulumi
from pulumi_comfycontrol import Provider, Runner, get_runners_output

europe = Provider("europe", api_token=pulumi.Config().require_secret("europeToken"))

gpu = Runner(
    "gpu",
    name="GPU in Paris",
    endpoint="https://paris.example.com",
    opts=pulumi.ResourceOptions(provider=europe),
)

found = get_runners_output(opts=pulumi.InvokeOptions(provider=europe))
pulumi.export("runners", found.apply(len))
