"""``make setup``: a virtual environment with the project in it, and a Pulumi CLI.

Needs nothing but Python's standard library. The CLI is, in this order: an installed one on PATH
that has its Python language host; a build from the Go modules that are pinned here; where there
is no Go, what the SDK's own installer fetches.

``python -m tools.setup`` prepares all that the tests need; with ``demo`` only what the demo needs,
and with ``languages`` also the hosts of Node.js and Go programs.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import build
from .engine import BIN, ROOT, TOOLS, candidates, is_usable

VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
_INSTALLER_SECONDS = 120
#: The arguments of pip for each purpose; groups are those of pyproject.toml.
_DEMO = ["--editable", f"{ROOT}[emulator]"]
_TESTS = ["--editable", f"{ROOT}[emulator,postgres]", "--group", "dev"]
_HOSTS = {"demo": (), "tests": (build.YAML,), "languages": (build.YAML, build.NODEJS, build.GO)}


class SetupError(Exception):
    """Failed set-up; the text is a sentence."""


def main() -> int:
    """Do the missing steps; a second call takes a moment."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "tests"
    try:
        with _alone():
            install_project(purpose)
            engine = install_engine(purpose)
    except (SetupError, build.BuildError) as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: interrupted; run it again to go on\n")
        return 130
    _say(f"ready: Python {VENV / 'bin' / 'python'}, Pulumi CLI {engine}")
    return 0


def install_project(purpose: str) -> None:
    """Create the virtual environment, and install the project for a purpose."""
    if sys.version_info < OLDEST_PYTHON:
        msg = (
            f"Python {sys.version.split()[0]} is too old, at least 3.11 is needed; name another"
            " one, as in `make setup PYTHON=python3.12`."
        )
        raise SetupError(msg)
    wanted = _digest(ROOT / "pyproject.toml") + sys.version
    stamp = VENV / "installed"
    installed = stamp.read_text() if stamp.exists() else ""
    if installed == f"{wanted} tests" or (purpose == "demo" and installed == f"{wanted} demo"):
        return
    if not installed.startswith(wanted):
        _say("making a virtual environment")
        venv = [sys.executable, "-m", "venv", "--clear", "--upgrade-deps", str(VENV)]
        _run(venv, "making the virtual environment")  # pip 25.1 is the first to know groups
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    if purpose == "demo":
        _say("installing the package and the emulator")
        _run([*pip, *_DEMO], "installing the package")
    else:
        _say("installing the package and what its tests need")
        _run([*pip, *_TESTS], "installing the packages")
    stamp.write_text(f"{wanted} {'demo' if purpose == 'demo' else 'tests'}")


def install_engine(purpose: str) -> Path:
    """Return a usable CLI with the hosts that the purpose needs; find, build or fetch it."""
    go = shutil.which("go")
    installed = next((one for one in candidates() if one != BIN and is_usable(one)), None)
    if installed is None and go:
        build.build_cli(_say)
        build.build_host(build.PYTHON, _say)
    elif installed is None and not is_usable(BIN):
        _fetch()
    folder = installed or BIN
    for host in _HOSTS[purpose]:
        if go and not (installed and (installed / host.program.name).exists()):
            build.build_host(host, _say)
        elif not (folder / host.program.name).exists():
            msg = f"{host.program.name} is missing, and there is no Go to build it with; install Go"
            raise SetupError(msg)
    if not is_usable(folder):
        msg = f"the Pulumi CLI in {folder} does not run; remove .tools and try again."
        raise SetupError(msg)
    return folder / "pulumi"


def _fetch() -> None:
    """Let the SDK's installer fetch the CLI with all of its hosts."""
    _say("there is no Go to build the Pulumi CLI with; asking the SDK's installer for it")
    version = build.pinned_version().removeprefix("v")
    code = (
        "import sys, semver, pulumi.automation as automation\n"
        "version = semver.VersionInfo.parse(sys.argv[2])\n"
        "automation.PulumiCommand.install(root=sys.argv[1], version=version)"
    )
    command = [str(VENV / "bin" / "python"), "-c", code, str(TOOLS), version]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_INSTALLER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode:
        msg = (
            "there is no Pulumi CLI on PATH, it could not be fetched, and there is no Go to build"
            " it with; install Pulumi or Go and try again."
        )
        raise SetupError(msg)


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"{what} failed:\n{done.stdout}{done.stderr}"
        raise SetupError(msg)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Lock out a second set-up of the same checkout."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    sys.stdout.write(f"setup: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
