"""Terraform with the generic REST provider ``Mastercard/restapi``, for comparison.

The provider is built from its Go module, and Terraform finds it by ``dev_overrides``: no registry
is asked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tools import build

from .measure import LIMITED, Conditions, Measured
from .server import TOKEN, Server

#: ``rate_limit`` in requests a second: the quota's own pace, which the provider's burst of four
#: takes over the limit, and one that leaves room for the burst.
PACE, SAFE_PACE = 4.0, 3.5
_SOURCE = "Mastercard/restapi"
#: The commands, in the order of a stack's life.
COMMANDS: dict[str, list[str]] = {
    "apply": ["apply", "-auto-approve"],
    "plan": ["plan", "-detailed-exitcode"],
    "destroy": ["destroy", "-auto-approve"],
}


class MissingTerraformError(Exception):
    """Terraform or its provider can't run here; the text is the reason."""


class Command(NamedTuple):
    """A command's measurement; ``failed`` is the number of objects it did not create or delete."""

    name: str
    rate: float
    measured: Measured
    failed: int


def prepare(say: Callable[[str], None]) -> str:
    """Build the provider where needed, and return the versions; must precede :func:`measure`."""
    for name in ("terraform", "go"):
        if shutil.which(name) is None:
            msg = f"there was no `{name}` on PATH"
            raise MissingTerraformError(msg)
    try:
        build.build_host(build.TERRAFORM_RESTAPI, say)
        version = json.loads(_run(["version", "-json"], Path(), {}).stdout)["terraform_version"]
    except (build.BuildError, OSError, ValueError, LookupError) as error:
        raise MissingTerraformError(str(error)) from error
    return f"Terraform {version}, {_SOURCE} {build.TERRAFORM_RESTAPI.version.removeprefix('v')}"


def measure_terraform(
    server: Server, size: int, rate: float, conditions: Conditions = LIMITED
) -> list[Command]:
    """Measure each of :data:`COMMANDS`; an `apply` that fails is the last one."""
    server.clear()
    commands: list[Command] = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        environment = _project(folder, server.url, size, rate)
        for name, arguments in COMMANDS.items():
            server.behave(conditions)
            started = time.monotonic()
            done = _run(arguments, folder, environment)
            measured = Measured(time.monotonic() - started, server.arrivals())
            wanted = 0 if name == "destroy" else size
            failed = abs(wanted - len(server.runners()))
            if done.returncode and not measured.refused:
                raise RuntimeError(f"terraform {name}: {done.stdout}{done.stderr}")
            commands.append(Command(name, rate, measured, failed))
            if done.returncode:
                break
    return commands


def _project(folder: Path, url: str, size: int, rate: float) -> dict[str, str]:
    """Write the project, and return the variables of its environment."""
    data = {
        "name": "fleet ${count.index}",
        "endpoint": "http://fleet-${count.index}.example.com:8188",
        "headers": {"Authorization": "Bearer only-for-benchmarks-${count.index}"},
        "tags": ["benchmark", "fleet"],
    }
    program: dict[str, Any] = {
        "terraform": {"required_providers": {"restapi": {"source": _SOURCE}}},
        "provider": {
            "restapi": {
                "uri": url,
                "headers": {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
                "write_returns_object": True,
                "rate_limit": rate,
            }
        },
        "resource": {
            "restapi_object": {
                "runner": {"count": size, "path": "/v1/runner", "data": json.dumps(data)}
            }
        },
    }
    (folder / "main.tf.json").write_text(json.dumps(program), encoding="utf-8")
    settings = folder / "terraform.rc"
    override = f'"{_SOURCE}" = "{build.TERRAFORM_RESTAPI.folder}"'
    settings.write_text(
        f"provider_installation {{\n  dev_overrides {{\n    {override}\n  }}\n}}\n",
        encoding="utf-8",
    )
    return {"TF_CLI_CONFIG_FILE": str(settings)}


def _run(
    arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    # No look for newer versions, and no questions.
    always = {"CHECKPOINT_DISABLE": "1", "TF_INPUT": "0", "TF_IN_AUTOMATION": "1"}
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=os.environ | always | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
