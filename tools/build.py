"""The build of the Pulumi CLI and its language hosts from Go modules, into .tools.

The CLI's versions are pinned by tools/go.mod and tools/go.sum. The hosts are the newest that the
Go module proxy serves; each is built inside of its own module, with the versions that its own
go.sum pins.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .engine import BIN, LAUNCHER, PYTHON_HOST, ROOT, TOOLS

#: The real Python host has a folder of its own: its launcher has the name that the CLI looks for.
LIB = TOOLS / "lib"
_CLI = "github.com/pulumi/pulumi/pkg/v3"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_STAMP = f"{_SDK}/go/common/version.Version"
_PROGRESS_SECONDS = 10

Say = Callable[[str], None]


class BuildError(Exception):
    """Failed build; the text is a sentence."""


@dataclass(frozen=True)
class Host:
    """A language host: the Go package to build, and the version of the module that has it.

    Also a provider for another tool; ``name`` is the program's where it is not the package's.
    """

    module: str
    version: str
    package: str
    folder: Path = BIN
    name: str = ""

    @property
    def program(self) -> Path:
        """The path of the built program."""
        return self.folder / (self.name or self.package.rpartition("/")[2])


PYTHON = Host(_SDK, "v3.68.0", f"python/cmd/{PYTHON_HOST}", LIB)
YAML = Host("github.com/pulumi/pulumi-yaml", "v1.25.0", "cmd/pulumi-language-yaml")
NODEJS = Host(_SDK, "v3.68.0", "nodejs/cmd/pulumi-language-nodejs")
GO = Host(_SDK, "v3.52.0", "go/pulumi-language-go")
_RESTAPI = "github.com/Mastercard/terraform-provider-restapi"
#: Terraform's generic REST provider, which the benchmarks measure beside this project.
TERRAFORM_RESTAPI = Host(_RESTAPI, "v1.20.0", ".", LIB, _RESTAPI.rpartition("/")[2])


def build_cli(say: Say) -> None:
    """Build ``pulumi``, and copy the SDK's launcher of Python providers beside it."""
    version = pinned_version()
    source = [f"{_CLI}/cmd/pulumi"]
    if not _is_built(BIN / "pulumi", version):
        say("no Pulumi CLI is installed; Go builds one: from nothing ten minutes on two cores")
    _build(BIN / "pulumi", version, source, ROOT / "tools", say)
    if not (BIN / LAUNCHER).exists():
        found = _go(["list", "-m", "-f", "{{.Dir}}", _SDK], ROOT / "tools")
        _install(Path(found.strip()) / "python" / "dist" / LAUNCHER, BIN / LAUNCHER)


def build_host(host: Host, say: Say) -> None:
    """Build a language host; Python's with the two scripts that belong to it."""
    if _is_built(host.program, host.version):
        return
    module = json.loads(_go(["mod", "download", "-json", f"{host.module}@{host.version}"], ROOT))
    folder = Path(module["Dir"])
    if host is PYTHON:
        _install(folder / f"{host.package}-exec", LIB / f"{PYTHON_HOST}-exec")
        _install(ROOT / "tools" / f"{PYTHON_HOST}.sh", BIN / PYTHON_HOST)
    _build(host.program, host.version, [f"./{host.package}"], folder, say)


def build_sdk_generator(say: Say) -> Path:
    """Build ``tools/sdkgen`` on the pinned engine's code generators, and return its path."""
    program = TOOLS / "sdkgen"
    source = (ROOT / "tools" / "sdkgen" / "main.go").read_bytes()
    version = f"{pinned_version()}-{hashlib.sha256(source).hexdigest()[:12]}"
    _build(program, version, ["./sdkgen"], ROOT / "tools", say)
    return program


def pinned_version() -> str:
    """Return the CLI's version in tools/go.mod."""
    found = re.search(rf"{re.escape(_CLI)} (v\S+)", (ROOT / "tools" / "go.mod").read_text())
    if found is None:
        msg = f"tools/go.mod does not name {_CLI}."
        raise BuildError(msg)
    return found[1]


def _build(program: Path, version: str, source: list[str], folder: Path, say: Say) -> None:
    """Build a program, unless that version of it was built before."""
    if _is_built(program, version):
        return
    program.parent.mkdir(parents=True, exist_ok=True)
    unfinished = program.with_name(f"{program.name}.{os.getpid()}")
    # Without the stamp the SDK takes the CLI for a development version and rejects it.
    flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w -X {_STAMP}={version}"]
    say(f"building {program.name} {version} from its Go module")
    try:
        _run(["build", *flags, "-o", str(unfinished), *source], folder, say)
        unfinished.replace(program)
    finally:
        unfinished.unlink(missing_ok=True)
    _stamp(program).write_text(version)


def _is_built(program: Path, version: str) -> bool:
    stamp = _stamp(program)
    return program.exists() and stamp.exists() and stamp.read_text() == version


def _stamp(program: Path) -> Path:
    return TOOLS / f"{program.name}.version"


def _install(source: Path, target: Path) -> None:
    """Copy a script in one step, so that a running set-up never shows half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, copy)
    copy.chmod(0o755)
    copy.replace(target)


def _go(arguments: Sequence[str], folder: Path) -> str:
    done = subprocess.run(
        ["go", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"`go {' '.join(arguments)}` failed: {done.stderr.strip() or done.stdout.strip()}"
        raise BuildError(msg)
    return done.stdout


def _run(arguments: Sequence[str], folder: Path, say: Say) -> None:
    """Run Go, and print its progress every few seconds."""
    start = told = time.monotonic()
    log = TOOLS / "build.log"
    with log.open("w") as output:
        process = subprocess.Popen(["go", *arguments], cwd=folder, stderr=output, stdout=output)
    try:
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                lines = log.read_text().splitlines()
                fetched = sum(line.startswith("go: downloading") for line in lines)
                compiled = len(lines) - fetched
                done = f"{fetched} modules fetched, {compiled} packages compiled"
                say(f"  {told - start:.0f} s: {done if lines else 'linking what is in the cache'}")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        last = " ".join(log.read_text().split("\n")[-4:]).strip()
        msg = f"the build failed ({last}); the whole output is in {log}."
        raise BuildError(msg)
