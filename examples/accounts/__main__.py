"""Two accounts in one program: that of the stack, and an explicit one."""

from pathlib import Path

import pulumi
from pool import Pool

from pulumi_comfycontrol import (
    Provider,
    Template,
    get_managed_runners,
    get_runners_output,
    get_user,
    get_user_output,
)

HERE = Path(__file__).parent
config = pulumi.Config()

# The default account needs no object. The other one shares the host's quota with it.
europe = Provider(
    "europe",
    api_token=config.require_secret("europeToken"),
    api_url=config.get("europeUrl"),
)

pool = Pool(
    "render",
    endpoints=[f"https://render-{number}.example.com" for number in range(1, 11)],
    tags=["render"],
    opts=pulumi.ResourceOptions(providers=[europe]),
)

portrait = Template(
    "portrait",
    name="Portrait",
    description="A portrait from a text.",
    body=HERE / "workflows" / "portrait.json",
)
batch = Template(
    "batch",
    name="Batch",
    description="Upscales a file; knows which runners it was made for.",
    body={
        "1": {"class_type": "LoadImage", "inputs": {"image": "$file(image)"}},
        "9": {"class_type": "Note", "inputs": {"text": pool.ids.apply(", ".join)}},
    },
    opts=pulumi.ResourceOptions(provider=europe),
)

pulumi.export("account", get_user().name)
pulumi.export("europe", get_user_output(account=europe).name)
pulumi.export("managed runners", [runner.name for runner in get_managed_runners()])
# A lookup waits for the outputs among its arguments: here until the pool is complete.
pattern = pool.ids.apply(lambda _: "render *")
pulumi.export("runners of europe", get_runners_output(name=pattern, account=europe).apply(len))
pulumi.export("form of portrait", portrait.placeholders)
