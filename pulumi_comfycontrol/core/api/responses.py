"""What an answer means: its data, or one of our errors [docs: api/errors]."""

from __future__ import annotations

import html
import math
import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from ..config import Settings
from ..errors import NOT_THE_API, ApiError, BadAnswer, NotFound, RateLimited
from ..secret import redact
from .http import Reply, Request

#: After a 429 nothing is processed for 10 s [docs: api/authentication].
COOL_DOWN = 10.0
_LONGEST_RETRY_AFTER = 60.0
_LONGEST_MESSAGE = 300
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class Accepted(NamedTuple):
    """The kind of a success that answers a DELETE (A28): status and form of the body.

    ``body`` is "empty" or "JSON", or "other" for what is not the API's own.
    """

    status: int
    body: Literal["empty", "JSON", "other"]


def interpret(request: Request, reply: Reply, settings: Settings, now: float) -> Any:
    """Return the decoded body of a success (``Accepted`` for DELETE), or raise an error."""
    status = reply.status
    if 200 <= status < 300:  # noqa: PLR2004
        return _data(request, reply)
    message, documented = _message(reply)
    message = redact(message, settings.hidden(request.secrets))[:_LONGEST_MESSAGE]
    method, path = request.method, request.path
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(method, path, message, max(COOL_DOWN, retry_after(reply, now)))
    if status == HTTPStatus.NOT_FOUND and documented:
        raise NotFound(method, path, status, message)
    raise ApiError(method, path, status, message, _advice(status, settings))


def retry_after(reply: Reply, now: float) -> float:
    """Seconds that the server asks to wait, at most 60; 0 when it says nothing usable."""
    value = reply.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except ValueError:
            return 0.0
    return 0.0 if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def _data(request: Request, reply: Reply) -> Any:
    if request.method == "DELETE":
        return _accepted(reply)
    try:
        return reply.json()
    except ValueError:
        fault = f"{request.method} {request.path} answered {reply.status} with {_summary(reply)}"
        raise BadAnswer(fault) from None


def _accepted(reply: Reply) -> Accepted:
    if not reply.content.strip():
        return Accepted(reply.status, "empty")
    try:
        reply.json()
    except ValueError:
        return Accepted(reply.status, "other")
    return Accepted(reply.status, "JSON")


def _message(reply: Reply) -> tuple[str, bool]:
    """Return the API's text and True, or a summary of a body in another format and False."""
    try:
        body = reply.json()
    except ValueError:
        return _summary(reply), False
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return _printable(body["message"]), body.get("status") == reply.status
    return "JSON in an unknown format", False


def _printable(text: str) -> str:
    """On one line, and without what a terminal would take for a command."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _summary(reply: Reply) -> str:
    text = reply.content.decode("utf-8", "replace")
    if not text.strip():
        return "an empty body"
    if "<html" in text.lower() or "html" in reply.headers.get("Content-Type", ""):
        title = _TITLE.search(text)
        name = _printable(html.unescape(title[1]))[:100] if title else ""
        return f"an HTML page titled '{name}'" if name else "an HTML page"
    return f"{len(reply.content)} bytes that are not JSON"


def _advice(status: int, settings: Settings) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return f"the token came from the {settings.token_source}: {settings.token_remedy}"
    if status == HTTPStatus.FORBIDDEN:
        return (
            "the account's tier or the token's permissions don't allow it: remove something else,"
            " or change the plan"
        )
    if status == HTTPStatus.BAD_REQUEST:
        return "correct what the message names"
    if status == HTTPStatus.NOT_FOUND:
        return NOT_THE_API
    if 300 <= status < 400:  # noqa: PLR2004
        return (
            "redirects are not followed with the token, so set comfycontrol:apiUrl to the final"
            " address"
        )
    if status >= 500:  # noqa: PLR2004
        return "ComfyControl has a problem of its own, so try again later"
    return "this version of the provider doesn't know that answer, so report it"
