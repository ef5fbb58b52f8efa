"""The public names as a type checker sees them; checked, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from pulumi_comfycontrol import (
    Provider,
    Runner,
    RunnerInfo,
    Template,
    get_runner,
    get_runner_output,
    get_runners,
    native,
)

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
Runner("gpu", name="GPU", endpoint="https://x", endpont="typo")  # pyright: ignore[reportCallIssue]

eu = Provider("eu", api_token=pulumi.Config().require_secret("euToken"), api_url="https://x")
imported = Runner(
    "old",
    name="GPU",
    endpoint="https://x",
    adopt="update",
    opts=pulumi.ResourceOptions(import_="id", provider=eu),
)
Runner("old", name="GPU", endpoint="https://x", adopt="x")  # pyright: ignore[reportArgumentType]
got: Runner = Runner.get("got", one.id)
moved = native.Runner("gpu", name="GPU", endpoint="https://x", tags=["a"], if_exists="adopt")
native.Runner("gpu", name="GPU", endpoint=1)  # pyright: ignore[reportArgumentType]
state: pulumi.Output[str] = native.Runner.get("got", moved.id).status

Template("a", name="T", description="D", body={"1": {"inputs": {"seed": 2**60}}})
Template("b", name="T", description="D", body='{"1": {}}')
Template("c", name="T", description="D", body=Path("workflow.json"))
template = Template("d", name="T", description="D", body=pulumi.FileAsset("workflow.json"))
found: pulumi.Output[list[dict[str, Any]]] = template.placeholders

info: RunnerInfo = get_runner(name="GPU")
secret: pulumi.Output[Mapping[str, str]] = info.headers
later: pulumi.Output[RunnerInfo] = get_runner_output(one.id, account=eu)
many: tuple[RunnerInfo, ...] = get_runners(status="active", tags=["a"], name="gpu-*")
get_runners(status="off")  # pyright: ignore[reportArgumentType]
