"""A folder and an environment in which commands run, as in a user's terminal."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any


class Terminal:
    """What commands share; nobody answers their questions, and errors go where output goes."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def execute(self, *command: str, fails: bool = False) -> str:
        """Run a command and return all that it printed; it succeeds unless it ``fails``."""
        with self.spawn(*command) as process:
            output, _ = process.communicate()
        assert (process.returncode != 0) == fails, f"$ {shlex.join(command)}\n{output}"
        return output

    def spawn(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command, and return at once."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
