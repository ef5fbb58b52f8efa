"""A machine that ComfyControl provides; looked up, never managed."""

from __future__ import annotations

from dataclasses import dataclass

from .record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedRunnerInfo(Record):
    """A runner that ComfyControl provides [docs: managed-runners/get]; it can't be changed.

    ``runner_type`` is plus or pro, ``status`` is active or disabled.
    """

    name: str
    """The managed runner's name."""
    runner_type: str = ""
    """plus or pro."""
    status: str = "active"
    """active or disabled."""
    tags: tuple[str, ...] = ()
    """The managed runner's tags."""
