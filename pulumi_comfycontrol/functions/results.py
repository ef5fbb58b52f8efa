"""What the functions return. Ids and times are strings as the API gives them (A5, A6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass(frozen=True, slots=True)
class UserInfo:
    """The owner of the token [docs: user/get]; ``tier`` is free, pro, plus or enterprise."""

    id: str
    name: str
    email: str
    tier: str
    provider: str
    deleted: bool
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class RunnerInfo:
    """A runner [docs: runners/get]; ``headers`` is a secret output."""

    id: str
    user_id: str
    name: str
    status: str
    endpoint: str
    tags: tuple[str, ...]
    created_at: str
    updated_at: str
    _headers: Mapping[str, str] = field(repr=False)

    @property
    def headers(self) -> pulumi.Output[Mapping[str, str]]:
        """The headers that ComfyControl sends to the machine, as a secret."""
        # Made on demand: an output needs the event loop, and lookups run in threads.
        return pulumi.Output.secret(dict(self._headers))


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """A machine's memory in bytes (None where it is not told), and what runs on it."""

    os: str
    ram_total: int | None
    ram_free: int | None
    comfyui_version: str
    python_version: str


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A GPU or CPU: ``type`` is cuda, cpu, mps, …; memory in bytes, or None."""

    name: str
    type: str
    vram_total: int | None
    vram_free: int | None


@dataclass(frozen=True, slots=True)
class RunnerStats:
    """What a runner's machine says of itself at this moment [docs: runners/stats]."""

    system: SystemInfo
    devices: tuple[DeviceInfo, ...]
    dev_mode: bool
    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManagedRunnerInfo:
    """A runner that ComfyControl provides [docs: managed-runners/get]; it can't be changed."""

    id: str
    name: str
    runner_type: str
    status: str
    tags: tuple[str, ...]
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A template as lists have it, without its body [docs: templates/list]."""

    id: str
    user_id: str
    name: str
    description: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class TemplateInfo(TemplateSummary):
    """A template [docs: templates/get]; ``body`` is JSON text with sorted keys."""

    body: str
    placeholders: tuple[Mapping[str, Any], ...]
