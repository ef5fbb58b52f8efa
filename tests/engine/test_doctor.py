"""``comfycontrol-doctor`` with the configuration of a real stack."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pulumi_comfycontrol.doctor.__main__ import main
from pulumi_comfycontrol.emulator import Emulator
from tools.engine import engine_environment, find_engine


def test_a_stacks_configuration_is_read(
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """With its secret token, which is not shown; a stack that is not there is one sentence."""
    for name, value in engine_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: test\nruntime: yaml\n")

    token, url = f"comfycontrol:apiToken={emulator.token}", f"comfycontrol:apiUrl={emulator.url}"
    for arguments in (
        ("stack", "init", "dev"),
        ("config", "set-all", "--secret", token, "--plaintext", url),
    ):
        command = [str(find_engine()), *arguments, "--non-interactive"]
        subprocess.run(command, cwd=project, capture_output=True, check=True)
    assert main(["--stack", "dev", "--cwd", str(project)]) == 0
    output = capsys.readouterr().out
    assert "from the configuration of stack dev" in " ".join(output.split())
    assert "The token comes from the stack config comfycontrol:apiToken." in output
    assert "The token belongs to Local User" in output
    assert emulator.token not in output
    assert main(["--stack", "nope", "--cwd", str(project)]) == 1
    output = " ".join(capsys.readouterr().out.split())
    assert "The configuration of stack nope can't be read (no stack named 'nope' found)" in output
    assert "correct --stack and --cwd" in output
