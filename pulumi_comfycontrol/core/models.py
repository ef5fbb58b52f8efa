"""The API's answers as typed, frozen objects.

Unknown fields are ignored and optional ones may be missing or null, so that a newer or older
API does no harm. Ids and timestamps are opaque strings (A5, A6).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class User(Record):
    """``GET /v1/user`` [docs: user/get]; the documentation's own example lacks ``provider``."""

    name: str = ""
    email: str = ""
    deleted: bool = False
    tier: str = ""
    provider: str = ""


class Page(Answer):
    """One page of a list; ``items`` are the records as sent, ``total`` counts all pages."""

    items: list[dict[str, Any]]
    total: int = Field(ge=0)
