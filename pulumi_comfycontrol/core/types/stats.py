"""What a runner's machine reports of itself; looked up, never managed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .record import Answer, without_nulls


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo(Answer):
    """A machine: its memory in bytes (None where it is not told), and what runs on it."""

    os: str = ""
    ram_total: int | None = None
    ram_free: int | None = None
    comfyui_version: str = ""
    python_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo(Answer):
    """A GPU or CPU: ``type`` is cuda, cpu, mps, …; memory in bytes, or None."""

    name: str = ""
    type: str = ""
    vram_total: int | None = None
    vram_free: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerStats(Answer):
    """What a runner's machine reports at this moment [docs: runners/stats]."""

    system: SystemInfo = SystemInfo()
    devices: tuple[DeviceInfo, ...] = ()
    dev_mode: bool = False
    extensions: tuple[str, ...] = ()

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        inner = {"system": data.get("system"), "devices": data.get("devices")}
        if isinstance(inner["system"], dict):
            inner["system"] = without_nulls(inner["system"])
        if isinstance(inner["devices"], list):
            inner["devices"] = [
                without_nulls(one) if isinstance(one, dict) else one for one in inner["devices"]
            ]
        return data | inner
