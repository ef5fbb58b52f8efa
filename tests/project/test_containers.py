"""The files for containers, as far as they can be tried without a container engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "deploy" / "emulator" / "Containerfile"
COMPOSE = sorted((ROOT / "deploy").rglob("compose.yaml"))
#: The keys of the Compose specification that the files may use.
TOP = {"services", "volumes", "secrets"}
SERVICE = {
    *("build", "image", "restart", "environment", "secrets", "ports", "volumes"),
    "healthcheck",
}
HEALTHCHECK = {"test", "interval", "retries"}
BUILD = {"context", "dockerfile"}


def instructions() -> list[tuple[str, str]]:
    """The lines of the Containerfile, each as its instruction and its arguments."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [
        (name, " ".join(rest.split())) for name, _, rest in (one.partition(" ") for one in lines)
    ]


def arguments(name: str) -> list[str]:
    """The arguments of all lines of one instruction."""
    return [rest for found, rest in instructions() if found == name]


def test_what_is_copied_is_in_the_repository() -> None:
    """Paths are those of the repository's root, which is the context of the build."""
    for rest in arguments("COPY"):
        if not rest.startswith("--from="):
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), rest


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.parent.name)
def test_a_compose_file_has_known_keys_and_declares_what_it_uses(path: Path) -> None:
    """Volumes and secrets of services exist, and so do the files that are named."""
    given: dict[str, Any] = yaml.safe_load(path.read_text())
    assert given.keys() <= TOP
    for service in given["services"].values():
        assert service.keys() <= SERVICE
        assert service.get("healthcheck", {}).keys() <= HEALTHCHECK
        assert ("image" in service) != ("build" in service)
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in given["volumes"]
        assert set(service.get("secrets", ())) <= given.get("secrets", {}).keys()
        for port in service["ports"]:
            assert re.fullmatch(r"(127\.0\.0\.1:)?\d+:\d+", port)
        if "build" in service:
            assert service["build"].keys() == BUILD
            context = (path.parent / service["build"]["context"]).resolve()
            assert context == ROOT
            assert context / service["build"]["dockerfile"] == CONTAINERFILE


@pytest.mark.soak
def test_the_commands_of_the_containerfile_work(tmp_path: Path) -> None:
    """In a clean environment: the wheel, its installation, the entry point and the health check."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    commands = tmp_path / "venv" / "bin"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PATH": f"{commands}:/usr/bin:/bin",
    }
    source = tmp_path / "source"
    source.mkdir()
    for rest in arguments("COPY"):
        if not rest.startswith("--from="):
            *names, _ = rest.split()
            for name in names:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, source / name)
                else:
                    shutil.copy(ROOT / name, source)
    build, install = arguments("RUN")
    # The rest of the second one makes a user, for which the tests have no right.
    install, *rest = install.split(" && ")
    assert [one.split()[0] for one in rest] == ["useradd", "mkdir", "chown"]
    for command in (build, install):
        local = command.replace("/wheels", str(tmp_path / "wheels"))
        subprocess.run(local, shell=True, cwd=source, env=environment, check=True)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    [exposed], [entry], [check] = (
        arguments(name) for name in ("EXPOSE", "ENTRYPOINT", "HEALTHCHECK")
    )
    (tmp_path / "state").mkdir()
    words = [one.replace("/state/", f"{tmp_path}/state/") for one in json.loads(entry)]
    health = [one.replace(exposed, port) for one in json.loads(check.removeprefix("CMD "))]
    assert port in health[-1]
    words[0], health[0] = (str(commands / one) for one in (words[0], health[0]))
    emulator = subprocess.Popen([*words, "--port", port], env=environment)
    try:
        end = time.monotonic() + 30
        while subprocess.run(health, env=environment, check=False).returncode:
            assert time.monotonic() < end
            time.sleep(0.2)
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok
    finally:
        emulator.send_signal(signal.SIGTERM)
    assert emulator.wait(timeout=10) == 0
