"""Where the engine comes from: PATH, the SDK's installer, a build, or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup

Engine = Callable[..., Path]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Put a program that says a version, and the launcher beside it, into a folder."""

    def make(folder: str, version: str = "v3.259.0", *, launcher: bool = True) -> Path:
        bin_ = tmp_path / folder / "bin"
        bin_.mkdir(parents=True)
        names = ["pulumi", *([setup.LAUNCHER] if launcher else [])]
        for name in names:
            (bin_ / name).write_text(f"#!/bin/sh\necho {version}\n")
            (bin_ / name).chmod(0o755)
        return bin_

    return make


@pytest.fixture
def _nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(setup, "BIN", tmp_path / "tools" / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("text", "version"),
    [("v3.259.0\n", (3, 259, 0)), ("3.300.1-alpha", (3, 300, 1)), ("command not found", (0,))],
)
def test_versions_are_read(text: str, version: tuple[int, ...]) -> None:
    """Nonsense is older than everything."""
    assert setup.version_of(text) == version


def test_an_engine_is_usable_when_it_is_new_enough_and_complete(engine: Engine) -> None:
    """It needs the launcher of Python providers, and at least version 3.219."""
    assert setup.is_usable(engine("good"))
    assert not setup.is_usable(engine("old", "v3.218.0"))
    assert not setup.is_usable(engine("broken", "oh no"))
    assert not setup.is_usable(engine("bare", launcher=False))


@pytest.mark.usefixtures("_nothing_here")
def test_a_suitable_engine_on_path_is_taken(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the installer nor Go is asked; one that is too old is passed over."""
    old, good = engine("old", "v3.100.0"), engine("good")
    monkeypatch.setenv("PATH", f"{old}:{good}:/bin")
    assert setup.install_engine() == good / "pulumi"


@pytest.mark.usefixtures("_nothing_here")
def test_the_installers_engine_comes_before_a_build(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the SDK has fetched is used as it is."""
    monkeypatch.setenv("PATH", "/bin")

    def fetch() -> bool:
        monkeypatch.setattr(setup, "BIN", engine("fetched"))
        return True

    monkeypatch.setattr(setup, "_fetch", fetch)
    assert setup.install_engine() == setup.BIN / "pulumi"


@pytest.mark.usefixtures("_nothing_here")
def test_without_any_way_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what was tried and what to install."""
    monkeypatch.setattr(setup, "_fetch", lambda: False)
    with pytest.raises(setup.SetupError, match="install Pulumi or Go and try again"):
        setup.install_engine()


def test_the_version_to_build_is_the_pinned_one() -> None:
    """tools/go.mod is the only place that says which engine is built."""
    assert (
        f"pulumi/pulumi/pkg/v3 {setup._pinned_version()}"
        in (setup.ROOT / "tools" / "go.mod").read_text()
    )
