"""Terraform beside this project."""

from __future__ import annotations

import pytest

from benchmarks.terraform import MissingTerraformError, prepare


def test_a_machine_without_terraform_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report then has the reason in the place of figures."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingTerraformError, match="no `terraform` on PATH"):
        prepare(print)
