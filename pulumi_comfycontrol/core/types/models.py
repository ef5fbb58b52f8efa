"""The API's answers as typed, frozen objects.

Unknown fields are ignored and optional ones may be missing or null, so that a newer or older
API does no harm. Ids and timestamps are opaque strings (A5, A6).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator

from . import json_text
from .placeholders import placeholders


class Answer(BaseModel):
    """What all answers have in common."""

    # Values never show in a validation error: they may be secret.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class Record(Answer):
    """An object with an id and timestamps."""

    id: str = Field(min_length=1)
    created_at: str = ""
    updated_at: str = ""


class Runner(Record):
    """``GET /v1/runner/{id}`` [docs: runners/get]."""

    user_id: str = ""
    name: str
    status: str = "active"
    endpoint: str
    tags: list[str] = []
    headers: dict[str, str] = Field(default={}, repr=False)


class Template(Record):
    """``GET /v1/template/{id}`` [docs: templates/get]; ``body`` is canonical JSON text."""

    user_id: str = ""
    name: str
    description: str = ""
    body: str

    @field_validator("body", mode="before")
    @classmethod
    def _as_text(cls, body: Any) -> str:
        return json_text.canonical(json_text.parse(body) if isinstance(body, str) else body)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def placeholders(self) -> list[dict[str, Any]]:
        """Each placeholder once; see :mod:`.placeholders`."""
        return [one.as_dict() for one in placeholders(json_text.parse(self.body))]


class User(Record):
    """``GET /v1/user`` [docs: user/get]; the documentation's own example lacks ``provider``."""

    name: str = ""
    email: str = ""
    deleted: bool = False
    tier: str = ""
    provider: str = ""


class ManagedRunner(Record):
    """``GET /v1/managed-runner/{id}`` [docs: managed-runners/get]."""

    name: str
    runner_type: str = ""
    status: str = "active"
    tags: tuple[str, ...] = ()


class System(Answer):
    """A machine's memory in bytes, and what runs on it."""

    os: str = ""
    ram_total: int | None = None
    ram_free: int | None = None
    comfyui_version: str = ""
    python_version: str = ""


class Device(Answer):
    """A GPU or CPU; ``type`` is cuda, cpu, mps, …, memory is in bytes."""

    name: str = ""
    type: str = ""
    vram_total: int | None = None
    vram_free: int | None = None


class Stats(Answer):
    """``GET /v1/runner/{id}/stats`` [docs: runners/stats]."""

    system: System = System()
    devices: tuple[Device, ...] = ()
    dev_mode: bool = False
    extensions: tuple[str, ...] = ()


class Page(Answer):
    """One page of a list; ``items`` are the records as sent, ``total`` counts all pages."""

    items: list[dict[str, Any]]
    total: int = Field(ge=0)
