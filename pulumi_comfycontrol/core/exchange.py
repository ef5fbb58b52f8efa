"""One HTTP exchange: a request goes out, and an answer or a :class:`NoAnswer` comes back."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .errors import NoAnswer
from .redact import redact
from .settings import Settings

#: As many as the quota lets through at once; urllib3 warns when it has to close a surplus one.
_CONNECTIONS = 40


@dataclass(frozen=True, slots=True)
class Request:
    """What to send; ``repeatable`` says whether doing it twice is the same as once."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    #: ``json=`` or ``files=`` of ``requests``; never shown, it may hold secrets.
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Values that no text about this request may show.
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def repeatable(self) -> bool:
        """PUT carries whole values and DELETE ends in the same state, so only POST is not."""
        return self.method != "POST"


class _Bearer(requests.auth.AuthBase):
    """Sets the token; given as ``auth`` so that a ~/.netrc can't replace it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._settings.token.reveal()}"
        return request


class Exchange:
    """Keeps connections open and sends requests on them; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.auth = _Bearer(settings)
        self._session.headers["User-Agent"] = _user_agent()
        self._session.headers["Accept"] = "application/json"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_maxsize=_CONNECTIONS)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __call__(self, request: Request) -> requests.Response:
        """Send once. Redirects are not followed: the token is for this host alone."""
        settings = self._settings
        try:
            return self._session.request(
                request.method,
                settings.url + request.path,
                params=request.query,
                timeout=(settings.connect_timeout, settings.read_timeout),
                allow_redirects=False,
                **request.body,
            )
        except requests.RequestException as error:
            # The chain is cut: requests' own texts quote the request.
            raise self._no_answer(request, error) from None

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _no_answer(self, request: Request, error: requests.RequestException) -> NoAnswer:
        causes = list(_causes(error))
        not_sent = any(
            isinstance(
                cause, NewConnectionError | ConnectTimeoutError | ssl.SSLCertVerificationError
            )
            for cause in causes
        )
        what = f"{request.method} {request.path}"
        reason = redact(_reason(causes, self._settings), request.secrets)
        advice = f"check that {self._settings.url} can be reached from here, then try again"
        return NoAnswer(
            f"{what} got no answer: {reason}", advice, executed=False if not_sent else None
        )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """All exceptions inside ``error``; requests and urllib3 nest them as arguments."""
    todo, seen = [error], set[int]()
    while todo:
        cause = todo.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (*cause.args, cause.__cause__, cause.__context__, getattr(cause, "reason", None))
        todo += [one for one in inner if isinstance(one, BaseException)]


def _reason(causes: list[BaseException], settings: Settings) -> str:
    first = causes[0]
    if isinstance(first, requests.ConnectTimeout):
        return f"no connection within {settings.connect_timeout:g} s"
    if isinstance(first, requests.Timeout) or any(isinstance(c, TimeoutError) for c in causes):
        return f"nothing came within {settings.read_timeout:g} s"
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "the server's TLS certificate could not be verified"
    if isinstance(first, requests.exceptions.ChunkedEncodingError):
        return "the answer was cut off"
    for cause in causes:
        if (
            isinstance(cause, OSError)
            and cause.strerror
            and not isinstance(cause, requests.RequestException)
        ):
            return cause.strerror.lower()
    return "the connection was closed"


def _user_agent() -> str:
    try:
        own = version("pulumi-comfycontrol")
    except PackageNotFoundError:  # run from a bare checkout
        own = "unknown"
    return f"pulumi-comfycontrol/{own} {requests.utils.default_user_agent()}"
