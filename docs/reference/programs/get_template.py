"""The workflow of a template that somebody else manages."""

import json

import pulumi
from pulumi_comfycontrol import get_template

template = get_template(id="1f0887a5-8257-483a-b136-8625534faee0")
pulumi.export("nodes", len(json.loads(template.body)))
