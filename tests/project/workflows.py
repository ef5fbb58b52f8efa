"""The workflows of the project and of examples/ci, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.engine import ROOT


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file."""

    path: Path
    content: dict[Any, Any]

    @property
    def name(self) -> str:
        """The path in the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def triggers(self) -> dict[str, Any]:
        """The events that start it; YAML 1.1 reads the key "on" as a boolean."""
        found: dict[str, Any] = self.content[True]
        return found

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by name."""
        found: dict[str, dict[str, Any]] = self.content["jobs"]
        return found

    def steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each step with its job's name."""
        for name, job in self.jobs.items():
            for step in job.get("steps", []):
                yield name, step


def load(folder: str) -> list[Workflow]:
    """All workflows of a folder of the repository."""
    found = sorted((ROOT / folder / ".github" / "workflows").glob("*.yml"))
    return [Workflow(path, yaml.safe_load(path.read_text())) for path in found]


OWN = {workflow.path.stem: workflow for workflow in load("")}
EXAMPLE = {workflow.path.stem: workflow for workflow in load("examples/ci")}
ALL = [*OWN.values(), *EXAMPLE.values()]
