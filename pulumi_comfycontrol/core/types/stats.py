"""The live report of a runner's machine; looked up, never managed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .record import Answer, without_nulls


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo(Answer):
    """A machine: its memory in bytes, and the versions of its software."""

    os: str = ""
    """The operating system's name, as Python has it."""
    ram_total: int | None = None
    """Bytes of memory; missing where it is not reported."""
    ram_free: int | None = None
    """Bytes of free memory; missing where it is not reported."""
    comfyui_version: str = ""
    """ComfyUI's version."""
    python_version: str = ""
    """Python's version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo(Answer):
    """A GPU or CPU, and its memory in bytes."""

    name: str = ""
    """The device's name."""
    type: str = ""
    """cuda, cpu, mps or another."""
    vram_total: int | None = None
    """Bytes of memory; missing where it is not reported."""
    vram_free: int | None = None
    """Bytes of free memory; missing where it is not reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerStats(Answer):
    """The live report of a runner's machine [docs: runners/stats]."""

    system: SystemInfo = SystemInfo()
    """The machine and its software."""
    devices: tuple[DeviceInfo, ...] = ()
    """Its GPUs and CPUs."""
    dev_mode: bool = False
    """Whether ComfyUI's mode for developers is on."""
    extensions: tuple[str, ...] = ()
    """The names of ComfyUI's extensions."""

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
