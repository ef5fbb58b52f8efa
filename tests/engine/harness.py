"""A Pulumi program on the real engine, with its results."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import engine_environment
from tools.project import open_stack

from .plugin import write_launcher


class Stack:
    """A stack whose program may be replaced; ``output`` is all that the CLI has printed.

    With the front-end ``native`` the CLI finds the plugin on PATH.
    """

    def __init__(
        self,
        program: Callable[[], None],
        home: Path,
        emulator: Emulator,
        *,
        project: str = "test",
        name: str = "dev",
        front_end: str = "dynamic",
        **environment: str,
    ) -> None:
        self.home = home
        self.output = ""
        self.emulator = emulator
        self.front_end = front_end
        if front_end == "native":
            path = [str(write_launcher(home / "bin")), engine_environment(home)["PATH"]]
            environment = {"PATH": os.pathsep.join(path), **environment}
        variables = {
            "COMFYCONTROL_API_URL": emulator.url,
            "COMFYCONTROL_API_TOKEN": emulator.token,
            **environment,
        }
        self.variables = {name: value for name, value in variables.items() if value}
        self.automation = open_stack(
            program, home, project=project, stack=name, environment=self.variables
        )

    def run(self, program: Callable[[], None]) -> None:
        """Replace the program."""
        self.automation.workspace.program = program

    def set_config(self, key: str, value: str, *, secret: bool = False) -> None:
        """Set stack config, as ``pulumi config set`` does."""
        self.automation.set_config(key, auto.ConfigValue(value, secret=secret))

    def environ(self, **variables: str) -> None:
        """Change the environment of all further commands."""
        self.automation.workspace.env_vars.update(variables)

    def preview(self, **options: Any) -> dict[str, int]:
        """Return how many resources would be created, updated, …, without those that stay."""
        summary = self.automation.preview(on_output=self._note, **options).change_summary
        return _changes({str(operation): number for operation, number in summary.items()})

    def up(self, **options: Any) -> dict[str, int]:
        """Return how many resources were created, updated, …."""
        summary = self.automation.up(on_output=self._note, **options).summary
        return _changes(summary.resource_changes or {})

    def refresh(self, **options: Any) -> dict[str, int]:
        """Return how many resources were updated or deleted in the state."""
        summary = self.automation.refresh(on_output=self._note, **options).summary
        return _changes(summary.resource_changes or {})

    def destroy(self, **options: Any) -> dict[str, int]:
        """Return how many resources were deleted."""
        summary = self.automation.destroy(on_output=self._note, **options).summary
        return _changes(summary.resource_changes or {})

    def import_file(self, path: Path) -> None:
        """Run ``pulumi import`` with the options that ``comfycontrol-import`` names."""
        arguments = ["--generate-code=false", "--protect=false", "--yes"]
        done = self.automation._run_pulumi_cmd_sync(["import", "--file", str(path), *arguments])
        self._note(done.stdout)

    def failure(self, operation: Callable[..., Any], **options: Any) -> str:
        """Run an operation that has to fail, and return all that it printed."""
        before = len(self.output)
        try:
            operation(**options)
        except auto.CommandError as error:
            return self.output[before:] + str(error)
        msg = f"the operation succeeded:\n{self.output[before:]}"
        raise AssertionError(msg)

    def succeeds(self, operation: Callable[..., Any]) -> bool:
        """Run an operation that may fail."""
        try:
            operation()
        except auto.CommandError:
            return False
        return True

    def resources(self, *, decrypted: bool = False) -> dict[str, dict[str, Any]]:
        """The runners and templates in the state, by resource name."""
        if decrypted:
            state = self.automation.export_stack().deployment
        else:
            state = json.loads(self.automation.state_file.read_text())["checkpoint"]["latest"]
        return {
            resource["urn"].rpartition("::")[2]: resource
            for resource in (state or {}).get("resources", [])
            if resource["type"].startswith(("pulumi-python:", "comfycontrol:"))
        }

    def outputs(self, resource: str = "gpu") -> dict[str, Any]:
        """A resource's outputs in the state, secrets encrypted."""
        outputs: dict[str, Any] = self.resources()[resource]["outputs"]
        return outputs

    def state_files(self) -> str:
        """All that the engine and the provider keep on disk, as text."""
        files = (path for path in self.home.rglob("*") if path.is_file())
        return "\n".join(file.read_bytes().decode("utf-8", "replace") for file in files)

    def state_text(self) -> str:
        """The exported stack, secrets encrypted, as the CLI writes it."""
        path = self.home / "backend" / ".pulumi" / "stacks"
        return "\n".join(file.read_text() for file in path.rglob("*.json"))

    def _note(self, line: str) -> None:
        self.output += line if line.endswith("\n") else line + "\n"


def secret_text(value: dict[str, Any]) -> Any:
    """Open a secret of a decrypted state."""
    return json.loads(value["plaintext"])


def _changes(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name != "same"}
