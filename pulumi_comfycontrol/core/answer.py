"""What an answer means: its data, or one of our errors [docs: api/errors]."""

from __future__ import annotations

import html
import math
import re
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from .errors import ApiError, BadAnswer, NotFound, RateLimited
from .exchange import Request
from .redact import redact
from .settings import Settings

#: After a 429 nothing is processed for 10 s [docs: api/authentication].
COOL_DOWN = 10.0
_LONGEST_RETRY_AFTER = 60.0
_LONGEST_MESSAGE = 300
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def interpret(request: Request, response: requests.Response, settings: Settings, now: float) -> Any:
    """Return the decoded body of a success (None for DELETE), or raise what went wrong."""
    status = response.status_code
    if 200 <= status < 300:  # noqa: PLR2004
        return _data(request, response)
    message, documented = _message(response)
    message = redact(message, request.secrets)[:_LONGEST_MESSAGE]
    method, path = request.method, request.path
    if status == requests.codes.too_many_requests:
        raise RateLimited(method, path, message, max(COOL_DOWN, retry_after(response, now)))
    if status == requests.codes.not_found and documented:
        raise NotFound(method, path, status, message)
    raise ApiError(method, path, status, message, _advice(status, settings))


def retry_after(response: requests.Response, now: float) -> float:
    """Seconds that the server asks to wait, at most 60; 0 when it says nothing usable."""
    value = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except ValueError:
            return 0.0
    return 0.0 if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def _data(request: Request, response: requests.Response) -> Any:
    if request.method == "DELETE":
        return None  # its answer is not documented (A28), and nothing in it is needed
    try:
        return response.json()
    except requests.JSONDecodeError:
        summary, _ = _message(response)
        fault = f"{request.method} {request.path} answered {response.status_code} with {summary}"
        raise BadAnswer(fault, _NOT_THE_API) from None


def _message(response: requests.Response) -> tuple[str, bool]:
    """Return the API's text and True, or a summary of a body in another format and False."""
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return _summary(response), False
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return body["message"], body.get("status") == response.status_code
    return "JSON in an unknown format", False


def _summary(response: requests.Response) -> str:
    text = response.text
    if not text.strip():
        return "an empty body"
    if "<html" in text.lower() or "html" in response.headers.get("Content-Type", ""):
        title = _TITLE.search(text)
        name = html.unescape(" ".join(title[1].split()))[:100] if title else ""
        return f"an HTML page titled '{name}'" if name else "an HTML page"
    return f"{len(response.content)} bytes that are not JSON"


_NOT_THE_API = "check that comfycontrol:apiUrl is the address of the API, then try again"


def _advice(status: int, settings: Settings) -> str:
    if status == requests.codes.unauthorized:
        return (
            f"the token came from the {settings.token_source}: check in the dashboard that it is"
            " neither revoked nor expired (`pulumi refresh` and `pulumi destroy` use the stack"
            " config of the last `pulumi up`, so after changing the token set"
            " COMFYCONTROL_API_TOKEN or add --run-program)"
        )
    if status == requests.codes.forbidden:
        return (
            "the account's tier or the token's permissions don't allow it: remove something else,"
            " or change the plan"
        )
    if status == requests.codes.bad_request:
        return "correct what the message names"
    if status == requests.codes.not_found:
        return _NOT_THE_API
    if 300 <= status < 400:  # noqa: PLR2004
        return (
            "redirects are not followed with the token, so set comfycontrol:apiUrl to the final"
            " address"
        )
    if status >= 500:  # noqa: PLR2004
        return "ComfyControl has a problem of its own, so try again later"
    return "this version of the provider doesn't know that answer, so report it"
