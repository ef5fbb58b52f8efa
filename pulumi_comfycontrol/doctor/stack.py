"""The configuration of a stack, as the Pulumi CLI shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from ..core.errors import ConfigError

#: Timeout in seconds; a backend may be far away.
_PATIENCE = 60.0


def stack_config(stack: str, folder: Path) -> dict[str, str]:
    """Return the values by their full keys, decrypted; raises :class:`ConfigError`.

    ``folder`` has the project, or is below it.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder", "name the project's folder by --cwd")
    if shutil.which("pulumi") is None:
        advice = "install the Pulumi CLI, or set the environment variables COMFYCONTROL_… instead"
        raise ConfigError("the command pulumi, which --stack needs, is not on PATH", advice)
    command = ["pulumi", "config", "--json", "--show-secrets", "--non-interactive"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            [*command, "--stack", stack],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
        entries = json.loads(done.stdout)
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.split()).removeprefix("error: ")
        fault = f"the configuration of stack {stack} can't be read ({reason})"
        raise ConfigError(fault, "correct --stack and --cwd, and log in to its backend") from None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        fault = f"`pulumi config` does not show the configuration of stack {stack}"
        raise ConfigError(fault, "run it by hand, and do what it asks for") from None
    return {key: one["value"] for key, one in entries.items() if "value" in one}
