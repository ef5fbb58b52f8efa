"""Templates: the documented rules, and what the API answers [docs: templates/*].

A body is kept and returned as the text that was sent, so that big integers, the spelling of
numbers and the order of keys stay exact. A row has it as a string in ``body``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .accounts import Account
from .collection import Collection, bumps
from .errors import bad
from .objects import Row
from .rules import check_limit, check_text, page_of, parse_json

LONGEST_DESCRIPTION = 500
_INVALID = "invalid JSON in body file"
_SHOWN = ("id", "user_id", "name", "description", "created_at", "updated_at")


@dataclass(frozen=True)
class Form:
    """The parts of a multipart request: text fields, and the content of files."""

    texts: Mapping[str, str]
    files: Mapping[str, bytes]


class Templates(Collection):
    """What the routes under /v1/template do."""

    kind = "template"
    fields = (*_SHOWN, "body")

    def create(self, account: Account, form: Form) -> Row:
        """400 for a broken rule, 403 over the tier's limit."""
        fields = _checked(form)
        for name in ("name", "description", "body"):
            if name not in fields:
                raise bad(f"{name} is required")
        with self._objects.lock:
            count = self._objects.count(account.id)
            check_limit(self.kind, count, self._tier(account), self._settings)
            row = self._base(account.id) | fields
            self._objects.add(account.id, [row])
        return row

    def new(self, account: str, fields: dict[str, Any]) -> Row:
        """Make a template without storing it; its body may be an object or JSON text."""
        empty = {"name": "", "description": "", "body": "{}"}
        return self._base(account) | empty | fields

    def page(self, account: Account, query: dict[str, str]) -> dict[str, Any]:
        """One page without bodies, newest first, and the total over all pages."""
        self._remove_due()
        rows, total = self._objects.page(account.id, *page_of(query))
        return {"templates": [self._shown(row) for row in rows], "total": total}

    def update(self, account: Account, id_: str, form: Form) -> Row:
        """Change the fields that are given, and leave the others."""
        with self._objects.lock:
            row = self._existing(account, id_)
            fields = _checked(form)
            if bumps(self._settings, fields, row):
                row["updated_at"] = self._now()
            row |= fields
            self._objects.put(row)
        return row

    def shown(self, row: Row) -> str:
        """An answer's JSON text, with the template's body spliced in as it is."""
        body = _sorted(row["body"]) if self._settings.sort_template_keys else row["body"]
        return f'{json.dumps(self._shown(row))[:-1]}, "body": {body}}}'

    def _shown(self, row: Row) -> Row:
        shown = {name: row[name] for name in (*_SHOWN, "deleted_at") if name in row}
        if self._settings.extra_fields:
            shown["visibility"] = {"team": None}
        return shown

    def _known(self, fields: Any) -> dict[str, Any]:
        known = super()._known(fields)
        if "body" in known:
            known["body"] = _check_body(_text(known["body"]))
        return known


def _checked(form: Form) -> dict[str, Any]:
    """Return the known fields (A10); raise 400 for the first broken rule."""
    fields: dict[str, Any] = {}
    for name, longest in (("name", None), ("description", LONGEST_DESCRIPTION)):
        if name in form.texts:
            check_text(name, form.texts[name], *([longest] if longest else []))
            fields[name] = form.texts[name]
    if "body" in form.files:
        fields["body"] = _check_body(form.files["body"])
    elif "body" in form.texts:
        raise bad("body must be a file")
    return fields


def _text(body: Any) -> str:
    try:
        return body if isinstance(body, str) else json.dumps(body)
    except RecursionError:
        raise bad(_INVALID) from None


def _check_body(data: bytes | str) -> str:
    """The text of a JSON object (A24)."""
    if not isinstance(parse_json(data, _INVALID), dict):
        raise bad(_INVALID)
    text = data if isinstance(data, str) else data.decode()
    return text.strip()


class _Number(str):
    """A number as it was spelled."""

    __slots__ = ()


def _sorted(text: str) -> str:
    return _write(json.loads(text, parse_int=_Number, parse_float=_Number))


def _write(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    if isinstance(value, dict):
        items = (f"{json.dumps(key)}: {_write(value[key])}" for key in sorted(value))
        return f"{{{', '.join(items)}}}"
    return json.dumps(value)
