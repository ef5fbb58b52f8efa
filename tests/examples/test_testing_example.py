"""examples/testing: a user's own unit tests, which need no engine, token or network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT
from tools.examples import copy_example

PLUGIN = "pulumi_comfycontrol.pytest_plugin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example, out of reach of our own settings of pytest."""
    return copy_example(ROOT / "examples" / "testing", tmp_path / "testing")


def run(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the example's tests as a user would, where no program can be found on PATH."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", PLUGIN],
        cwd=project,
        env={**os.environ, "PATH": "", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_examples_tests_pass_without_a_request(project: Path, emulator: Emulator) -> None:
    """All of them run, and none asks an API, not even one that is there."""
    done = run(project, COMFYCONTROL_API_URL=emulator.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("right", "wrong", "caught_by"),
    [
        ("https://{host}.{site}", "https://{host}", "test_endpoints_and_tags_name_the_site"),
        *(
            pytest.param(*mistake, marks=pytest.mark.soak)
            for mistake in (
                (
                    '["render", f"site-{site}"]',
                    '["render"]',
                    "test_endpoints_and_tags_name_the_site",
                ),
                ('"X-Farm-Key": key', '"X-Farm-Key": "none"', "test_the_key_is_a_secret"),
                ("for host in hosts", "for host in hosts[:1]", "test_each_host_is_one_runner"),
            )
        ),
    ],
)
def test_the_examples_tests_can_fail(project: Path, right: str, wrong: str, caught_by: str) -> None:
    """Each mistake in the component is found by the test that states its rule."""
    component = project / "farm.py"
    text = component.read_text()
    assert text.count(right) == 1
    component.write_text(text.replace(right, wrong))
    done = run(project)
    assert done.returncode == 1
    assert f"FAILED test_farm.py::{caught_by}" in done.stdout


def test_the_test_in_the_docs_passes(project: Path, emulator: Emulator) -> None:
    """docs/testing.md: mocks do not answer functions, an emulator in the test does."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.S)
    [whole] = [block for block in blocks if block.startswith("import pytest")]
    (project / "test_docs.py").write_text(whole)
    done = run(project, COMFYCONTROL_API_URL=emulator.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 passed" in done.stdout
    assert emulator.requests == []
