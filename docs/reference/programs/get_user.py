"""A stop before anything is made in the wrong account."""

import pulumi
from pulumi_comfycontrol import get_user

user = get_user()
if user.tier == "free":
    message = f"{user.name} has room for one runner only"
    raise pulumi.RunError(message)
pulumi.export("account", user.name)
