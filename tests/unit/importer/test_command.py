"""The command ``comfycontrol-import``: its messages and exit codes."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pulumi_comfycontrol.core import terminal
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.importer.__main__ import main

ENDPOINT = "https://comfy.example.com"


@pytest.fixture(autouse=True)
def _account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
    emulator.runners.seed(name="GPU", endpoint=ENDPOINT)


def test_without_a_token_only_what_it_reads_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command reads the environment, and no stack config."""
    monkeypatch.delenv("COMFYCONTROL_API_TOKEN")
    assert main([str(tmp_path / "account")]) == 1
    said = capsys.readouterr().err
    assert "set the environment variable COMFYCONTROL_API_TOKEN with a token from" in said
    assert "pulumi config" not in said
    assert said.count("\n") == 1


def test_a_long_wait_is_told(
    emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr; here the patience of 2 s is none."""
    impatient = functools.partial(terminal.Terminal, patience=0.0)
    monkeypatch.setattr(terminal, "Terminal", impatient)
    emulator.fault("delay", "GET", "/v1/runner", delay=0.2)
    assert main([str(tmp_path / "account")]) == 0
    assert capsys.readouterr().err == "comfycontrol-import: waiting for the API\n"


def test_ctrl_c_is_one_sentence(emulator: Emulator, tmp_path: Path) -> None:
    """With a shell's exit code for it, and nothing written."""
    emulator.fault("delay", "GET", "/v1/runner", delay=60)
    folder = tmp_path / "account"
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi_comfycontrol.importer", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    while not emulator.requests:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    emulator.clear_faults()
    assert (process.returncode, said) == (
        130,
        "comfycontrol-import: interrupted; nothing was written.\n",
    )
    assert not folder.exists()


def test_ctrl_c_after_the_project_was_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the stack is left to be prepared."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.which", lambda _: "pulumi")
    monkeypatch.setattr("subprocess.run", interrupt)
    folder = tmp_path / "account"
    assert main([str(folder), "--stack", "dev"]) == 130
    said = capsys.readouterr().err
    assert said == (
        f"comfycontrol-import: interrupted; {folder} is written, but its stack is not prepared.\n"
    )


def test_each_kind_has_an_option_of_its_own(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pattern for one kind leaves the others out."""
    emulator.templates.seed(name="T", description="D")
    for number, (options, counted) in enumerate(
        (
            ([], "1 runner and 1 template"),
            (["--runners=*"], "1 runner and 0 templates"),
            (["--templates=?"], "0 runners and 1 template"),
            (["--runners=G*", "--templates=T"], "1 runner and 1 template"),
        )
    ):
        folder = tmp_path / str(number)
        assert main([str(folder), *options]) == 0
        assert f"{folder} declares {counted}. Next, in that folder:" in capsys.readouterr().out
        assert (folder / "templates").exists() is ("1 template" in counted)
    files = {path.name for path in (tmp_path / "0").iterdir()}
    assert files == {".gitignore", "Pulumi.yaml", "__main__.py", "requirements.txt", "templates"}


def test_a_report_that_cannot_be_shown_does_not_deny_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files are written by then."""
    folder = tmp_path / "account"
    with suppress(OSError), Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main([str(folder)]) == 1
    assert (folder / "__main__.py").exists()
    said = capsys.readouterr().err
    assert said.startswith(f"comfycontrol-import: {folder} is written, but what to do next can't")
