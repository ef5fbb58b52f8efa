"""Runners [docs: runners/*]."""

from __future__ import annotations

from typing import ClassVar

from . import fields
from .collection import Collection


class Runners(Collection):
    """A user's own runners."""

    kind = "runner"
    list_name = "runners"
    schema: ClassVar = {
        "id": fields.ID,
        "user_id": fields.ID,
        "name": fields.NAME.schema,
        "status": fields.STATUS,
        "endpoint": fields.ENDPOINT.schema,
        "tags": fields.TAGS,
        "headers": fields.HEADERS.schema,
        "created_at": fields.TIME,
        "updated_at": fields.TIME,
    }
    fields: ClassVar = {
        "name": fields.NAME,
        "endpoint": fields.ENDPOINT,
        "headers": fields.HEADERS,
        "tags": fields.TAG_LIST,
        "status": fields.RUNNER_STATUS,
    }
    blank: ClassVar = {"name": "", "status": "active", "endpoint": "", "tags": [], "headers": {}}
    has_machine = True
    can_interrupt = True
    has_status_filter = True
