"""Installation of the plugin in the Pulumi CLI's cache, for all of the user's projects.

Only a launcher of two lines is installed: the plugin itself stays in this Python environment.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from ..frontend.names import PACKAGE

_COMMAND = f"pulumi-resource-{PACKAGE}"


def install(arguments: Sequence[str]) -> int:
    """Run ``pulumi plugin install`` with a launcher; return the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"{_COMMAND} install",
        description="Let the Pulumi CLI find this plugin in every project of this user."
        " It goes on running from this Python environment, so run this again when you move it.",
    )
    parser.add_argument("--pulumi", default="pulumi", help="the Pulumi CLI (default: on PATH)")
    chosen = parser.parse_args(arguments)
    cli = shutil.which(chosen.pulumi)
    if cli is None:
        print(
            f"There is no Pulumi CLI under the name {chosen.pulumi}; install it, or name it with"
            " --pulumi.",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        launcher = Path(folder) / _COMMAND
        launcher.write_text(launcher_text(sys.executable), encoding="utf-8")
        launcher.chmod(0o755)
        version = f"v{metadata.version('pulumi-comfycontrol')}"
        command = ["plugin", "install", "resource", PACKAGE, version, "--reinstall"]
        return subprocess.run(  # noqa: S603 - the CLI that the user chose
            [cli, *command, "--file", str(launcher)], check=False
        ).returncode


def launcher_text(python: str) -> str:
    """Return a shell script that runs the plugin with the interpreter ``python``.

    Python would otherwise import modules of the project's folder, where the engine starts it.
    """
    return f'#!/bin/sh\nexec {shlex.quote(python)} -P -m pulumi_comfycontrol.plugin "$@"\n'
