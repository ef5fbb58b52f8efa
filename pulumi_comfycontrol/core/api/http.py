"""The chain's innermost link: sends a request over HTTP, and reads the reply."""

from __future__ import annotations

import io
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests
import urllib3
from requests import Response
from requests.adapters import HTTPAdapter

from ..clock import SYSTEM_CLOCK, Clock
from ..config import Settings
from ..errors import BadAnswer
from ..setting_values import host_of, is_loopback
from .network_errors import failure
from .request import Reply, Request, Sending

#: As many as the quota lets through at once; urllib3 warns when it has to close a surplus one.
_CONNECTIONS = 40
#: Bytes of one reply. An upload may have 50 MB [docs: api], and JSON text may escape each of them.
_LARGEST = 128 * 1024 * 1024
_CHUNK = 64 * 1024
#: Exceptions of requests and of the layers below it; the last is for a host name invalid in DNS.
_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)


class _Bearer(requests.auth.AuthBase):
    """Authentication by the token; passed as ``auth`` so that a ~/.netrc can't replace it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._settings.token.reveal()}"
        return request


class _InParts(HTTPAdapter):
    """Adapter that sends a body in parts, each within the connect timeout.

    urllib3 sends bytes at once, so that this timeout would bound the whole upload.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Response:
        if isinstance(request.body, bytes):
            request.body = io.BytesIO(request.body)  # type: ignore[assignment]
        return super().send(request, *args, **options)


class Http:
    """HTTP client that keeps its connections open; may be shared by threads."""

    def __init__(self, settings: Settings, clock: Clock = SYSTEM_CLOCK) -> None:
        self._settings = settings
        self._clock = clock
        self._session = requests.Session()
        self._session.auth = _Bearer(settings)
        # A proxy can't reach this machine's loopback address, and would see the token on http.
        self._session.trust_env = not is_loopback(host_of(settings.url))
        agent = f"pulumi-comfycontrol/{own_version()} {requests.utils.default_user_agent()}"
        self._session.headers["User-Agent"] = agent
        self._session.headers["Accept"] = "application/json"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _InParts(pool_maxsize=_CONNECTIONS)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(self, sending: Sending) -> Reply:
        """Send the request once. Redirects are not followed: the token is for this host alone.

        Raises :class:`NoAnswer`, :class:`BadAnswer` for a reply without end, or
        :class:`ConfigError` for an address, proxy or certificate store that can't be used.
        """
        request, settings = sending.request, self._settings
        end = self._clock.monotonic() + settings.operation_timeout
        try:
            with self._session.request(
                request.method,
                settings.url + request.path,
                params=request.query,
                timeout=(settings.connect_timeout, settings.read_timeout),
                allow_redirects=False,
                stream=True,
                **request.body,
            ) as response:
                content = self._read(request, response, end)
        except _FAILURES as error:
            # Without the cause: the texts of requests' exceptions quote the request.
            raise failure(request.method, request.path, error, settings, request.secrets) from None
        return Reply(response.status_code, response.headers, content)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _read(self, request: Request, response: requests.Response, end: float) -> bytes:
        """Read the body until ``end``; the timeout bounds only the wait for each part of it."""
        parts, size = list[bytes](), 0
        while part := response.raw.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > _LARGEST or self._clock.monotonic() > end:
                seconds = self._settings.operation_timeout
                limit = f"{_LARGEST >> 20} MiB" if size > _LARGEST else f"{seconds:g} s"
                fault = f"{request.method} {request.path} was answered without an end"
                raise BadAnswer(f"{fault} (more than {limit})")
        return b"".join(parts)


def own_version() -> str:
    """Return this package's version."""
    try:
        return version("pulumi-comfycontrol")
    except PackageNotFoundError:  # run from a bare checkout
        return "unknown"
