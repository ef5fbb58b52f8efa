"""Two runners of a studio whose rules are kept by the program itself."""

import pulumi
from policy import enforce
from rules import endpoint_within, tagged

from pulumi_comfycontrol import Runner

domain = pulumi.Config().get("domain") or "comfy.example.com"

enforce({"endpoint": endpoint_within(domain), "tags": tagged("team:", "site:")})

Runner(
    "anna",
    name="Anna's workstation",
    endpoint="https://anna.comfy.example.com",
    tags=["team:video", "site:paris"],
)
Runner(
    "bert",
    name="Bert's workstation",
    endpoint="https://bert.comfy.example.com",
    tags=["team:video", "site:oslo", "gpu-a100"],
)
