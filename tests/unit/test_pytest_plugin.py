"""The pytest plugin: an emulator for the tests of a program, fast and without traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGIN = "pulumi_comfycontrol.pytest_plugin"
TEST = """
import os
import pathlib

import pytest
from pulumi_comfycontrol import get_runners


def test_45_lookups(comfycontrol):
    comfycontrol.runners.seed(name="GPU", endpoint="https://comfy.example.com")
    for _ in range(45):
        assert [runner.name for runner in get_runners()] == ["GPU"]
    assert len(comfycontrol.requests) == 45
    assert pathlib.Path(os.environ["COMFYCONTROL_STATE_DIR"]).exists()


def test_each_test_has_an_account_of_its_own(comfycontrol):
    assert list(get_runners()) == []


def test_a_process_can_be_led_there(comfycontrol_environment, comfycontrol_emulator):
    assert comfycontrol_environment["COMFYCONTROL_API_URL"] == comfycontrol_emulator.url
    assert os.environ.get("COMFYCONTROL_API_URL") == "http://127.0.0.1:9"
"""


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a user's tests with the plugin, in a home of their own."""
    (folder / "test_program.py").write_text(text)
    home = folder / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "COMFYCONTROL_API_URL": "http://127.0.0.1:9",
        "COMFYCONTROL_API_TOKEN": "cfc_real",
    }
    return subprocess.run(
        [sys.executable, *options, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_lookups_are_answered_by_the_emulator_and_leave_nothing(tmp_path: Path) -> None:
    """More than the quota's 40 at once, from an account of the test's own, and no file at home."""
    done = run(tmp_path, TEST)
    assert "3 passed" in done.stdout, done.stdout + done.stderr
    assert "API quota" not in done.stderr
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


def test_without_flask_a_fixture_says_what_to_install(tmp_path: Path) -> None:
    """One sentence in place of a traceback."""
    (tmp_path / "flask.py").write_text("raise ModuleNotFoundError('flask')")
    done = run(tmp_path, "def test_it(comfycontrol):\n    pass\n")
    assert "pip install 'pulumi-comfycontrol[emulator]'" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_plugin_loads_nothing_until_it_is_asked() -> None:
    """A user's other tests start as fast as before."""
    code = f"import sys, {PLUGIN}; print({{'pulumi', 'flask', 'grpc'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
