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
    runner_type: str = ""
    status: str = "active"
    tags: tuple[str, ...] = ()
