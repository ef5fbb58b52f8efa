"""Projects on the native plugin: folders in which the CLI is run, as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.plugin.install import launcher_text
from tests.terminal import Terminal
from tools.engine import ROOT, engine_environment, find_engine

_PROJECT = """\
name: test
runtime: yaml
plugins: {providers: [{name: comfycontrol, path: bin}]}
"""


class YamlProject(Terminal):
    """A project in YAML with a stack, against an emulator."""

    def __init__(self, home: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        environment = engine_environment(home) | {
            "COMFYCONTROL_API_URL": emulator.url,
            "COMFYCONTROL_API_TOKEN": emulator.token,
            "PYTHONPATH": str(ROOT),  # the plugin of these very files, not one that is installed
        }
        super().__init__(home / "project", environment)
        write_launcher(self.folder / "bin")
        self.write({})
        self.run("stack", "init", "dev")

    def write(self, resources: dict[str, Any], **rest: Any) -> None:
        """Replace the program; JSON is YAML."""
        program = {"resources": resources, **rest}
        text = "\n".join(f"{key}: {json.dumps(value)}" for key, value in program.items())
        (self.folder / "Pulumi.yaml").write_text(f"{_PROJECT}{text}\n")

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run the CLI, and return all that it printed."""
        return self.execute(str(find_engine()), *arguments, fails=fails)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the CLI as a process group of its own, and return at once."""
        return self.spawn(str(find_engine()), *arguments, start_new_session=True)

    def state(self) -> list[dict[str, Any]]:
        """The resources of the package in the state."""
        deployment = json.loads(self.run("stack", "export"))["deployment"]
        return [one for one in deployment["resources"] if one["type"].startswith("comfycontrol:")]

    def state_text(self) -> str:
        """The state as it lies on the disk."""
        backend = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        return "\n".join(one.read_text() for one in backend.rglob("stacks/**/*.json"))


def write_launcher(folder: Path) -> Path:
    """Write an executable of the plugin, and return the folder that has it."""
    folder.mkdir(parents=True, exist_ok=True)
    launcher = folder / "pulumi-resource-comfycontrol"
    launcher.write_text(launcher_text(sys.executable))
    launcher.chmod(0o755)
    return folder
