"""The sources of the CLI: PATH, a build, the SDK's installer, or else a sentence."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi import automation as auto

from tools import build, engine, project, setup

MakeEngine = Callable[..., Path]


@pytest.fixture
def cli(tmp_path: Path) -> MakeEngine:
    """Put a program that says a version, and what has to lie beside it, into a folder."""

    def make(folder: str, version: str = "v3.274.1", without: str = "") -> Path:
        path = tmp_path / folder
        path.mkdir(parents=True)
        for name in {*engine.PARTS, "pulumi-language-yaml"} - {without}:
            (path / name).write_text(f"#!/bin/sh\necho {version}\n")
            (path / name).chmod(0o755)
        return path

    return make


@pytest.fixture
def _nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (setup, engine, build):
        monkeypatch.setattr(module, "TOOLS", tmp_path / "tools")
        monkeypatch.setattr(module, "BIN", tmp_path / "tools" / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("text", "version"),
    [("v3.259.0\n", (3, 259, 0)), ("3.300.1-alpha", (3, 300, 1)), ("command not found", (0,))],
)
def test_versions_are_read(text: str, version: tuple[int, ...]) -> None:
    """Nonsense is older than everything."""
    assert engine.parse_version(text) == version


def test_a_cli_is_usable_when_it_is_new_enough_and_complete(cli: MakeEngine) -> None:
    """It needs the launcher of Python providers, Python's language host, and version 3.219."""
    assert engine.is_usable(cli("good"))
    assert not engine.is_usable(cli("old", "v3.218.0"))
    assert not engine.is_usable(cli("broken", "oh no"))
    for part in engine.PARTS:
        assert not engine.is_usable(cli(f"without-{part}", without=part))


@pytest.mark.usefixtures("_nothing_here")
def test_a_suitable_cli_on_path_is_taken(cli: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Go nor the installer is asked; one that is too old or incomplete is passed over."""
    old, good = cli("old", "v3.100.0"), cli("good")
    bare = cli("bare", without=engine.PYTHON_HOST)
    monkeypatch.setenv("PATH", f"{old}:{bare}:{good}:/bin")
    monkeypatch.setattr(setup, "_HOSTS", {"tests": ()})
    assert setup.install_engine("tests") == good / "pulumi"


@pytest.mark.usefixtures("_nothing_here")
def test_a_cli_of_any_folder_serves_the_automation_api(
    cli: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version managers keep it in folders that are not called `bin`."""
    shims = cli("shims", "v3.270.5")
    monkeypatch.setenv("PATH", f"{shims}:/bin")
    for name in ("find_engine", "_version"):  # without what other tests have cached
        monkeypatch.setattr(project, name, getattr(project, name).__wrapped__)
    command = project.Engine()
    assert isinstance(command, auto.PulumiCommand)
    assert str(command.version) == "3.270.5"
    assert command.run(["whoami"], ".", {}).stdout == "v3.270.5"


@pytest.mark.usefixtures("_nothing_here")
def test_without_go_the_installer_is_asked(
    cli: MakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The SDK's download is used unchanged."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to("/bin/sh")
    monkeypatch.setattr(setup, "_fetch", lambda: cli("tools/bin") and None)
    assert setup.install_engine("tests") == tmp_path / "tools" / "bin" / "pulumi"


@pytest.mark.usefixtures("_nothing_here")
def test_without_any_way_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the attempts and the programs to install."""
    monkeypatch.setattr(setup, "VENV", Path("/nowhere"))
    with pytest.raises(setup.SetupError, match="install Pulumi or Go and try again"):
        setup.install_engine("tests")


def test_the_version_to_build_is_the_pinned_one() -> None:
    """tools/go.mod is the only place that says which CLI is built."""
    text = (engine.ROOT / "tools" / "go.mod").read_text()
    assert f"pulumi/pulumi/pkg/v3 {build.pinned_version()}" in text


@pytest.mark.parametrize(
    ("project", "flags"),
    [
        ("runtime: python\n", ""),
        ("runtime:\n  name: python\n  options:\n    virtualenv: venv\n", "-virtualenv venv"),
        (
            "runtime: {name: python, options: {toolchain: pip, virtualenv: venv}}\n",
            "-virtualenv venv",
        ),
        (
            "runtime: {name: python, options: {virtualenv: '../env', toolchain: pip}}\n",
            "-virtualenv ../env",
        ),
        ("runtime:\n  name: python\n  options:\n    toolchain: uv\n", "-virtualenv .venv"),
        ("# virtualenv: none\nruntime: python\n", ""),
    ],
)
def test_the_python_host_is_handed_the_virtual_environment(
    tmp_path: Path, project: str, flags: str
) -> None:
    """In each way in which Pulumi.yaml can name it, also from a folder below the project's."""
    launcher = tmp_path / "bin" / engine.PYTHON_HOST
    host = tmp_path / "lib" / engine.PYTHON_HOST
    for file, text in (
        (launcher, (engine.ROOT / "tools" / f"{engine.PYTHON_HOST}.sh").read_text()),
        (host, '#!/bin/sh\necho "$@"\n'),
    ):
        file.parent.mkdir()
        file.write_text(text)
        file.chmod(0o755)
    folder = tmp_path / "project" / "src"
    folder.mkdir(parents=True)
    (folder.parent / "Pulumi.yaml").write_text(project)
    done = subprocess.run(
        [launcher, "127.0.0.1:1"], cwd=folder, capture_output=True, text=True, check=True
    )
    root = f" -root {folder.parent} " if flags else ""
    assert done.stdout == f"{flags}{root}127.0.0.1:1\n"
