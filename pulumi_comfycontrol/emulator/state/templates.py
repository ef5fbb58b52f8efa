"""Templates [docs: templates/*].

A body is kept and returned as the text that was sent, so that big integers, the spelling of
numbers and the order of keys stay exact. A row has it as a string in ``body``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from . import fields
from .collection import Collection
from .errors import Invalid
from .fields import Field
from .objects import Row
from .rules import parse_json
from .server_form import template_body

_INVALID = "invalid JSON in body file"
_DESCRIPTION = fields.text("description", 500, "Makes a portrait of a text")


def _check_body(data: bytes | str) -> str:
    """The text of a JSON object (A24)."""
    if not isinstance(parse_json(data, _INVALID), dict):
        raise Invalid(_INVALID)
    text = data if isinstance(data, str) else data.decode()
    return text.strip()


class Templates(Collection):
    """A user's templates of workflows."""

    kind = "template"
    list_name = "templates"
    schema: ClassVar = {
        "id": fields.ID,
        "user_id": fields.ID,
        "name": fields.NAME.schema,
        "description": _DESCRIPTION.schema,
        "body": {"type": "object"},
        "created_at": fields.TIME,
        "updated_at": fields.TIME,
    }
    not_in_lists = frozenset({"body"})
    fields: ClassVar = {
        "name": fields.NAME,
        "description": _DESCRIPTION,
        "body": Field(
            _check_body,
            fields.TEXT | {"format": "binary", "contentMediaType": "application/json"},
            is_file=True,
            example='{"1": {"class_type": "KSampler", "inputs": {"seed": "$random()"}}}',
        ),
    }
    blank: ClassVar = {"name": "", "description": "", "body": "{}"}

    def _shown(self, row: Row, names: Iterable[str]) -> Row:
        shown = super()._shown(row, names)
        if "body" in shown:
            shown["body"] = template_body(row["body"], self._settings)
        return shown

    def _known(self, fields: Any) -> dict[str, Any]:
        known = super()._known(fields)
        if "body" in known:
            known["body"] = _check_body(_text(known["body"]))
        return known


def _text(body: Any) -> str:
    try:
        return body if isinstance(body, str) else json.dumps(body)
    except RecursionError:
        raise Invalid(_INVALID) from None
