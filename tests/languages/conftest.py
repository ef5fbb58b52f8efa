"""The fixtures of users' projects, for programs in other languages."""

from __future__ import annotations

from tests.examples.conftest import environment, packages, venv, wheel

__all__ = ["environment", "packages", "venv", "wheel"]
