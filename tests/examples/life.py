"""The life of an example in any language, by the commands of its README."""

from __future__ import annotations

from pulumi_comfycontrol.emulator import Emulator

from .conftest import Project
from .test_readmes import commands


def live(project: Project, emulator: Emulator, key: str) -> None:
    """Go up as the README says, preview empty, repair drift, and destroy."""
    first, *lines = commands(project.folder / "README.md", key=key)
    assert first == "python3 -m venv .venv && .venv/bin/pip install pulumi-comfycontrol"
    seen = "".join(project.run(line) for line in lines)
    [runner], [template] = emulator.runners.all(), emulator.templates.all()
    assert runner["headers"] == {"X-Key": key}
    assert project.run("pulumi stack output id").strip() == runner["id"]
    assert project.run("pulumi stack output placeholder").strip() == "prompt"
    assert project.run("pulumi stack output owner").strip() == emulator.account
    project.run("pulumi preview --expect-no-changes")
    emulator.runners.edit(runner["id"], tags=["outside"])
    seen += project.run("pulumi up --refresh --diff")
    assert emulator.runners.all()[0]["tags"] == ["gpu-a100"]
    state = project.run("pulumi stack export")
    assert key not in seen + state
    assert template["id"] in state
    project.run("pulumi destroy")
    assert (emulator.runners.all(), emulator.templates.all()) == ([], [])
