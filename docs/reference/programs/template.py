"""A workflow with placeholders that its users fill in."""

import pulumi
from pulumi_comfycontrol import Template

portrait = Template(
    "portrait",
    name="Portrait",
    description="A portrait from a text.",
    body={
        "3": {"class_type": "KSampler", "inputs": {"seed": "$random(seed)", "steps": 20}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "$text(prompt)"}},
    },
)

pulumi.export("portrait", portrait.id)
pulumi.export("form", portrait.placeholders)
