"""The body of a reply: its form, and the error text in it that may be shown to users."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Collection, Iterator
from enum import Enum
from itertools import islice
from typing import Any

from ..secret import redact
from .request import Reply

_LONGEST_MESSAGE = 300
#: How many texts of a body in an unknown JSON format are shown.
_MOST_TEXTS = 10
#: How many leading bytes of a body are searched for HTML tags.
_LOOKED_AT = 2000
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class Form(Enum):
    """The form of a body; HTML and OTHER come from something before the API."""

    #: An error as documented [docs: api/errors].
    DOCUMENTED = "documented"
    JSON = "JSON"
    EMPTY = "empty"
    HTML = "HTML"
    OTHER = "other"


def form_of(reply: Reply) -> Form:
    """Return the form of a reply's body."""
    if not reply.content.strip():
        return Form.EMPTY
    try:
        body = reply.json()
    except ValueError:
        return Form.HTML if _is_html(reply) else Form.OTHER
    is_error = isinstance(body, dict) and isinstance(body.get("message"), str)
    return Form.DOCUMENTED if is_error and body.get("status") == reply.status else Form.JSON


def message_of(reply: Reply, hidden: Collection[str]) -> str:
    """Return an error's own text or a summary of the body: one short line without ``hidden``."""
    try:
        body = reply.json()
    except ValueError:
        return _shown(_summary(reply), hidden)
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return _shown(body["message"], hidden)
    # Secrets are looked for in each text by itself, where JSON's escapes don't hide them.
    texts = islice(_texts(body, ""), _MOST_TEXTS)
    return _shown(", ".join(redact(text, hidden) for text in texts), hidden)


def _texts(value: Any, path: str) -> Iterator[str]:
    """Yield the texts and numbers in a JSON body, each with the path to it."""
    todo = deque([(path, value)])
    while todo:
        path, value = todo.popleft()
        if isinstance(value, dict):
            todo += [(f"{path}.{key}" if path else key, inner) for key, inner in value.items()]
        elif isinstance(value, list):
            todo += [(path, inner) for inner in value]
        elif value not in (None, "") and not isinstance(value, bool):
            yield f"{path}: {value}" if path else str(value)


def _shown(text: str, hidden: Collection[str]) -> str:
    text = redact(_printable(redact(text, hidden)), hidden)
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


def _printable(text: str) -> str:
    """Return the text on one line, without characters that a terminal takes for a command."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _is_html(reply: Reply) -> bool:
    start = reply.content[:_LOOKED_AT].lower()
    return b"<html" in start or "html" in reply.headers.get("Content-Type", "").lower()


def _summary(reply: Reply) -> str:
    text = reply.content.decode("utf-8", "replace")
    if not text.strip():
        return "an empty body"
    if _is_html(reply):
        title = _TITLE.search(text)
        name = html.unescape(title[1]).strip() if title else ""
        return f"an HTML page titled '{name}'" if name else "an HTML page"
    return f"{len(reply.content)} bytes that are not JSON"
