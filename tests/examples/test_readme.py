"""The README's first steps, pasted into a shell of an empty home."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from tools.engine import ROOT, engine_environment

from .conftest import copy_checkout

HEADER = "Bearer hidden-value"


def section(heading: str) -> str:
    """Return the commands of one of the README's sections."""
    text = (ROOT / "README.md").read_text()
    [body] = re.findall(rf"^## {heading}\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE)
    [block] = re.findall(r"```console\n(.*?)```", body, re.DOTALL)
    return str(block)


def test_a_first_project_goes_up(tmp_path: Path, packages: Path) -> None:
    """From the wheel to a runner in the emulator, then into another stack with a token in config.

    Nothing is fetched: what the package needs lies on PYTHONPATH.
    """
    checkout = copy_checkout(tmp_path / "checkout")
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    account = section("With an account").replace("unset COMFYCONTROL_API_URL", "unset")
    script = "\n".join(
        [
            section("Install"),
            section("Try it by hand"),
            "pulumi preview --expect-no-changes",
            account.replace("cfc_…", "cfc_emulator"),
            "curl --silent http://127.0.0.1:8787/emulator/runners",
        ]
    )
    # The CLI takes the home folder from the user database, where other stacks of the user may be.
    script = script.replace("pulumi login --local", 'pulumi login "file://$HOME"')
    script = script.replace("8787", port).replace("--quiet &", f"--quiet --port {port} &")
    environment = engine_environment(home)
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        del environment[name]
    done = subprocess.run(
        ["bash", "-e", "-c", f"trap 'kill %1' EXIT\n{script}".replace("Bearer …", HEADER)],
        cwd=checkout,
        env=environment
        | {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{environment['PATH']}",
            "PYTHONPATH": str(packages),
            "PIP_NO_INDEX": "true",
            "PIP_NO_BUILD_ISOLATION": "false",  # pip takes this for "without isolation"
            "PULUMI_SKIP_CONFIRMATIONS": "true",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *output, runners = done.stdout.splitlines()
    assert [runner["name"] for runner in json.loads(runners)] == ["Production GPU"] * 2
    assert (home / "gpu" / "venv").is_dir()
    assert HEADER not in "".join(output) + done.stderr
