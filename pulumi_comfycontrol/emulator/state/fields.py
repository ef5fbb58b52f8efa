"""A field that requests may set, and the JSON schemas of values that several kinds have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .rules import (
    LONGEST_NAME,
    MOST_TAGS,
    check_endpoint,
    check_headers,
    check_status,
    check_tags,
    check_text,
)

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "format": "uuid"}
TIME: Schema = {"type": "string", "format": "date-time"}
STATUS: Schema = {"type": "string", "enum": ["active", "disabled"]}
TAGS: Schema = {"type": "array", "items": TEXT}


@dataclass(frozen=True)
class Field:
    """A field of a kind; ``check`` returns the value to store, or raises Invalid.

    ``default`` None means that a create has to send the field; ``on_create`` False means that a
    create can't set it; ``is_file`` means that it travels as the file of a form.
    """

    check: Callable[[Any], Any]
    schema: Schema
    default: Any = None
    on_create: bool = True
    is_file: bool = False
    example: Any = field(default=None, kw_only=True)


def text(name: str, longest: int, example: str) -> Field:
    """A required string of 1 to ``longest`` characters."""
    schema = TEXT | {"minLength": 1, "maxLength": longest}
    return Field(partial(check_text, name, longest=longest), schema, example=example)


NAME = text("name", LONGEST_NAME, "GPU in the cellar")
ENDPOINT = Field(
    check_endpoint,
    TEXT | {"format": "uri", "description": "An http or https URL"},
    example="https://comfy.example.com:8188",
)
HEADERS = Field(
    check_headers,
    {"type": "object", "additionalProperties": TEXT},
    {},
    example={"X-Farm-Key": "secret"},
)
TAG_LIST = Field(
    check_tags,
    {"type": "array", "maxItems": MOST_TAGS, "items": TEXT | {"minLength": 1}},
    [],
    example=["production"],
)
RUNNER_STATUS = Field(check_status, STATUS, "active", False, example="active")
