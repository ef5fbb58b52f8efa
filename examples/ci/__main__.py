"""The runners of production; merging a change of this file to main carries it out."""

import pulumi

from pulumi_comfycontrol import Runner

MACHINES = {
    "anna": "https://anna.comfy.example.com",
    "bert": "https://bert.comfy.example.com",
}

authorization = pulumi.Config().require_secret("authorization")

runners = {
    key: Runner(
        key,
        name=key.capitalize(),
        endpoint=endpoint,
        headers={"Authorization": authorization},
        tags=["production"],
        status="active",  # said, because only what is set is watched for drift
    )
    for key, endpoint in MACHINES.items()
}

pulumi.export("ids", {key: runner.id for key, runner in runners.items()})
