"""The emulator and the account of the request that is being answered."""

from __future__ import annotations

import re

from flask import current_app, g, request

from ..state.accounts import Account
from ..state.state import State

_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)


def state() -> State:
    """The state of the emulator that serves this request."""
    found: State = current_app.extensions["emulator"]
    return found


def account() -> Account:
    """The account that the request's token opens; raises Unauthorized."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    opened = state().accounts.open(found[1] if found else None)
    if "record" in g:
        g.record.account = opened.id
    return opened
