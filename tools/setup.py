"""``make setup``: a virtual environment with the project in it, and a Pulumi engine.

Needs nothing but Python's standard library. The engine is, in this order: a complete one on
PATH; what the SDK's own installer fetches; a build from the Go module that tools/go.mod pins.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
VENV = ROOT / ".venv"
LAUNCHER = "pulumi-resource-pulumi-python"
OLDEST_PYTHON = (3, 11)
#: The oldest engine that the tests are known to pass on.
OLDEST_ENGINE = (3, 219, 0)
_MODULE = "github.com/pulumi/pulumi/pkg/v3"
_STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_INSTALLER_SECONDS = 120
_PROGRESS_SECONDS = 10


class SetupError(Exception):
    """What keeps the set-up from going on, as a sentence."""


def main() -> int:
    """Do what is not done yet; a second call takes a moment."""
    try:
        with _alone():
            install_project()
            engine = install_engine()
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: interrupted; run it again to go on\n")
        return 130
    _say(f"ready: Python {VENV / 'bin' / 'python'}, engine {engine}")
    return 0


def install_project() -> None:
    """Make the virtual environment, and install the project with what its tests need."""
    if sys.version_info < OLDEST_PYTHON:
        msg = (
            f"Python {sys.version.split()[0]} is too old, at least 3.11 is needed; name another"
            " one, as in `make setup PYTHON=python3.12`."
        )
        raise SetupError(msg)
    stamp = VENV / "installed"
    wanted = _digest(ROOT / "pyproject.toml", ROOT / "setup.py") + sys.version
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = VENV / "bin" / "python"
    _say("making a virtual environment and installing the project into it")
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "the virtual environment")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--editable", f"{ROOT}[dev]"], "installing the project's packages")
    stamp.write_text(wanted)


def install_engine() -> Path:
    """Return a usable engine's program; find, fetch or build one."""
    for folder in (BIN, *map(Path, os.environ.get("PATH", "").split(os.pathsep))):
        if is_usable(folder):
            return folder / "pulumi"
    if _fetch() and is_usable(BIN):
        return BIN / "pulumi"
    build()
    if not is_usable(BIN):
        msg = "the engine was built, but does not run; remove .tools and try again."
        raise SetupError(msg)
    return BIN / "pulumi"


def is_usable(folder: Path) -> bool:
    """Whether ``folder`` has an engine that is new enough, and the launcher beside it."""
    if not all(shutil.which(name, path=str(folder)) for name in ("pulumi", LAUNCHER)):
        return False
    command = [str(folder / "pulumi"), "version"]
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return version_of(answer.stdout) >= OLDEST_ENGINE


def version_of(text: str) -> tuple[int, ...]:
    """Read "v3.259.0"; anything else is version 0."""
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    return tuple(map(int, found.groups())) if found else (0,)


def build() -> None:
    """Build the engine with Go, and copy the SDK's launcher that starts Python providers."""
    go = shutil.which("go")
    if go is None:
        msg = (
            "there is no Pulumi engine on PATH, it could not be fetched, and there is no Go to"
            " build it with; install Pulumi or Go and try again."
        )
        raise SetupError(msg)
    version = _pinned_version()
    BIN.mkdir(parents=True, exist_ok=True)
    unfinished = BIN / f"pulumi.{os.getpid()}"
    # Without the stamp the SDK takes the engine for a development version and refuses it.
    command = [go, "build", "-v", "-trimpath", "-ldflags", f"-s -w -X {_STAMP}={version}"]
    command += ["-o", str(unfinished), f"{_MODULE}/cmd/pulumi"]
    _say(f"building the engine {version} from its Go module; from nothing this takes minutes")
    try:
        _run_with_progress(command, ROOT / "tools")
        _copy_launcher(go)
        unfinished.replace(BIN / "pulumi")
    finally:
        unfinished.unlink(missing_ok=True)


def _copy_launcher(go: str) -> None:
    command = [go, "list", "-m", "-f", "{{.Dir}}", _SDK]
    found = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    source = Path(found.stdout.strip()) / "python" / "dist" / LAUNCHER
    if found.returncode or not source.is_file():
        msg = f"the Go module {_SDK} lacks {LAUNCHER} ({found.stderr.strip()})."
        raise SetupError(msg)
    launcher = BIN / f"{LAUNCHER}.{os.getpid()}"
    launcher.write_bytes(source.read_bytes())
    launcher.chmod(0o755)
    launcher.replace(BIN / LAUNCHER)


def _fetch() -> bool:
    """Let the SDK's installer try; where there is no network for it, that fails."""
    _say("asking the SDK's installer for an engine")
    code = f"import pulumi.automation as a; a.PulumiCommand.install(root={str(TOOLS)!r})"
    command = [str(VENV / "bin" / "python"), "-c", code]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_INSTALLER_SECONDS, check=False, text=True
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        _say("the installer could not fetch one")
        return False
    return True


def _pinned_version() -> str:
    found = re.search(rf"{re.escape(_MODULE)} (v\S+)", (ROOT / "tools" / "go.mod").read_text())
    if found is None:
        msg = f"tools/go.mod does not name {_MODULE}."
        raise SetupError(msg)
    return found[1]


def _run_with_progress(command: list[str], folder: Path) -> None:
    start = time.monotonic()
    log = TOOLS / "build.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, stderr=output, stdout=output)
    try:
        told = start
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                lines = log.read_text().splitlines()
                fetched = sum(line.startswith("go: downloading") for line in lines)
                compiled = len(lines) - fetched
                _say(f"  {told - start:.0f} s: {fetched} modules fetched, {compiled} compiled")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        last = " ".join(log.read_text().split("\n")[-4:]).strip()
        msg = f"building the engine failed ({last}); the whole output is in {log}."
        raise SetupError(msg)


def _run(command: list[str], what: str) -> None:
    if subprocess.run(command, check=False).returncode:
        msg = f"{what} failed; what it said is above."
        raise SetupError(msg)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two set-ups of one checkout from mixing."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    sys.stdout.write(f"setup: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
