"""The names of all templates."""

import pulumi
from pulumi_comfycontrol import get_templates

pulumi.export("templates", sorted(template.name for template in get_templates()))
