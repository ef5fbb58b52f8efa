"""The interpretation of a reply as data, or as one of our errors [docs: api/errors]."""

from __future__ import annotations

import math
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, NamedTuple

from ..clock import Clock
from ..config import Settings
from ..errors import ApiError, BadAnswer, NotFound, RateLimited
from ..types.timestamps import http_date
from .body import Form, form_of, message_of
from .request import Exchange, Reply, Request, Sending

#: After a 429 nothing is processed for 10 s [docs: api/authentication].
COOL_DOWN = 10.0
_LONGEST_RETRY_AFTER = 60.0
_SENTENCES: dict[int, str] = {
    HTTPStatus.FORBIDDEN: (
        "the account's tier or the token's permissions don't allow it: remove something else, or"
        " change the plan"
    ),
    HTTPStatus.CONFLICT: (
        "it is in conflict with another object, or with a change that is under way: look at both"
        " in the dashboard, then try again"
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "send less: the API takes at most 50 MB at once, and a proxy before it may take less"
    ),
}
_UNUSABLE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_NO_OBJECT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


_UNNAMED = "the API does not say what is wrong, so compare each value with its documentation"


class Accepted(NamedTuple):
    """The kind of a successful answer to DELETE (A28): its status and the form of its body."""

    status: int
    body: Form


class Interpret:
    """The chain's link that turns a reply into data, or into one of our errors."""

    def __init__(self, next_: Exchange, settings: Settings, clock: Clock) -> None:
        self._next = next_
        self._settings = settings
        self._clock = clock

    def send(self, sending: Sending) -> Any:
        """Return the decoded body of a success, for a DELETE an :class:`Accepted`."""
        reply = self._next.send(sending)
        return interpret(sending.request, reply, self._settings, self._clock.time())


def interpret(request: Request, reply: Reply, settings: Settings, now: float) -> Any:
    """Return the decoded body of a success (``Accepted`` for DELETE), or raise an error.

    ``now`` is in seconds since the epoch. Errors: :class:`BadAnswer` for a success that is not
    JSON, :class:`RateLimited`, :class:`NotFound` for the documented 404, :class:`ApiError`.
    """
    status = reply.status
    if 200 <= status < 300:  # noqa: PLR2004
        return _data(request, reply, settings.hidden(request.secrets))
    message, form = message_of(reply, settings.hidden(request.secrets)), form_of(reply)
    method, path = request.method, request.path
    wait = retry_after(reply, now)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(method, path, message, max(COOL_DOWN, wait))
    advice = _advice(request, status, form, settings)
    if status in _NO_OBJECT and form is Form.DOCUMENTED:
        raise NotFound(method, path, status, message, advice)
    error = ApiError(method, path, status, message, advice)
    error.retry_after = wait
    error.is_api_like = form not in {Form.HTML, Form.OTHER}
    raise error


def retry_after(reply: Reply, now: float) -> float:
    """Return the seconds that the server asks to wait, at most 60; 0 without a usable header."""
    value = reply.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        end = http_date(value)
        seconds = 0.0 if end is None else end - now
    return 0.0 if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def _data(request: Request, reply: Reply, hidden: Collection[str]) -> Any:
    if request.method == "DELETE":
        return Accepted(reply.status, form_of(reply))
    try:
        return reply.json()
    except ValueError:
        summary = message_of(reply, hidden)
        fault = f"{request.method} {request.path} answered {reply.status} with {summary}"
        raise BadAnswer(fault) from None


def _advice(request: Request, status: int, form: Form, settings: Settings) -> str:
    if form is Form.HTML and status in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}:
        return (
            "a firewall or a bot check refused it before the API saw it, so try from another"
            " network, or ask ComfyControl's support to let this address through"
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return f"the token came from the {settings.token_source}: {settings.token_remedy}"
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "give HTTPS_PROXY a user and a password that the proxy accepts"
    if 300 <= status < 400:  # noqa: PLR2004
        return (
            "redirects are not followed with the token, so set the API URL (from"
            f" {settings.url_source}) to the final address"
        )
    if status in _SENTENCES:
        return _SENTENCES[status]
    if status in _UNUSABLE:
        is_named = form in {Form.DOCUMENTED, Form.JSON}
        return "correct what the message names" if is_named else _UNNAMED
    if status in _NO_OBJECT:
        if request.is_about_one and form is Form.DOCUMENTED:
            return f"it was removed, or is another account's: {settings.words.refresh}"
        return f"check that {settings.url} (from {settings.url_source}) is the address of the API"
    if status >= 500:  # noqa: PLR2004
        return "ComfyControl has a problem of its own, so try again later"
    return "this version of the provider doesn't know that answer, so report it"
