"""The public names as a type checker sees them; checked, never run."""

from __future__ import annotations

import pulumi

from pulumi_comfycontrol import Runner

one = Runner(
    "gpu",
    name="GPU",
    endpoint=pulumi.Output.from_input("https://comfy.example.com"),
    headers={"Authorization": pulumi.Output.secret("x")},
    tags=["a", pulumi.Output.from_input("b")],
    status="active",
    opts=pulumi.ResourceOptions(protect=True),
)
name: pulumi.Output[str] = one.name
tags: pulumi.Output[list[str]] = one.tags
headers: pulumi.Output[dict[str, str]] = one.headers
Runner("gpu", name="GPU", endpoint="https://x", endpont="typo")  # pyright: ignore[reportArgumentType]
