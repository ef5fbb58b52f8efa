"""The core's advice in Pulumi's terms."""

from __future__ import annotations

from ..core.words import Words

_STALE = (
    "`pulumi refresh` and `pulumi destroy` use the {} of the last `pulumi up`, so after changing"
    " the token {} or add --run-program"
)
PULUMI = Words(
    again="run the same command again",
    finish="the next `pulumi up` finishes it",
    refresh="run `pulumi refresh`, then `pulumi up`",
    forget="run `pulumi refresh`",
    adopt="take it over with ResourceOptions(import_=…)",
    adopt_id='take it over with opts=pulumi.ResourceOptions(import_="{id}")',
    pending=(
        "if Pulumi goes on warning of a pending operation, end that with"
        " `pulumi refresh --clear-pending-creates --yes`"
    ),
    share="set comfycontrol:ifExists to adopt, or comfycontrol:store",
    correct_id=(
        "correct the id in ResourceOptions(import_=…), or leave it out to create a new object"
    ),
    adopt_update="pass adopt='update' to change the object",
    config="stack config",
    give_token=(  # noqa: S106 - not a token
        "set the environment variable COMFYCONTROL_API_TOKEN, or run"
        " `pulumi config set --secret comfycontrol:apiToken`"
    ),
    config_token=_STALE.format("stack config", "set COMFYCONTROL_API_TOKEN"),
    account_token=_STALE.format("provider's api_token", "run `pulumi up`"),
)
