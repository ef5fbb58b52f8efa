"""Errors for a missing reply: whether the request was executed, the cause, and advice."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NewConnectionError,
    ReadTimeoutError,
)

from ..config import Settings
from ..errors import ComfyControlError, ConfigError, NoAnswer
from ..secret import redact
from ..setting_values import host_of, is_loopback

#: Reasons of OpenSSL that only a handshake can have, so that nothing was sent.
_HANDSHAKE = frozenset(
    {
        "CERTIFICATE_VERIFY_FAILED",
        "HTTP_REQUEST",
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNRECOGNIZED_NAME",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
#: Exceptions that the user's own settings cause, before anything is sent.
_SETTINGS = (
    exceptions.InvalidURL,
    exceptions.InvalidSchema,
    exceptions.MissingSchema,
    LocationParseError,
    UnicodeError,
)


def failure(
    method: str, path: str, error: Exception, settings: Settings, secrets: Iterable[str]
) -> ComfyControlError:
    """Return this package's error for an exception of ``requests`` or of a layer below it."""
    causes = list(_causes(error))
    hidden = settings.hidden(secrets)
    wrong = _wrong_setting(error, causes)
    if wrong:
        what, advice = wrong
        text = redact(str(error), hidden)
        return ConfigError(f"{method} {path} could not be sent, as {what} ({text})", advice)
    executed = False if any(map(_is_unsent, causes)) else None
    if executed is False and _is_refused(causes) and is_loopback(host_of(settings.url)):
        return NoAnswer(
            f"{method} {path} got no answer: nothing listens at {settings.url}",
            f"start it, or correct the API URL (from {settings.url_source})",
            executed=False,
            nobody_listens=True,
        )
    proxy = _proxy(settings.url) if isinstance(causes[0], exceptions.ProxyError) else ""
    through = f" or the proxy {proxy}, from HTTPS_PROXY, HTTP_PROXY or ALL_PROXY," if proxy else ""
    return NoAnswer(
        f"{method} {path} got no answer: {redact(_reason(causes, settings, proxy), hidden)}",
        f"check that {settings.url}{through} can be reached from here, then try again",
        executed=executed,
    )


def _wrong_setting(error: Exception, causes: list[BaseException]) -> tuple[str, str] | None:
    if isinstance(error, exceptions.InvalidProxyURL) or "SOCKS" in str(error):
        return "the proxy can't be used", "correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
    if any(isinstance(cause, _SETTINGS) for cause in causes):
        return "the API's URL is not valid", "correct the API URL in the settings"
    if type(error) is OSError:  # raised by requests for a path that does not exist
        return (
            "the certificates can't be read",
            "correct REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE",
        )
    return None


def _is_unsent(cause: BaseException) -> bool:
    if isinstance(cause, ssl.SSLError):
        return cause.reason in _HANDSHAKE
    # Not every ProxyError: urllib3 also raises it for an answer that was lost behind a proxy.
    return isinstance(cause, NewConnectionError | ConnectTimeoutError) or str(cause).startswith(
        "Tunnel connection failed"
    )


def _is_refused(causes: list[BaseException]) -> bool:
    return any(getattr(cause, "errno", None) == errno.ECONNREFUSED for cause in causes)


def _proxy(url: str) -> str:
    """Return the proxy that the environment names for ``url``, without its password."""
    chosen = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) or ""
    try:
        parts = urlsplit(chosen)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    except ValueError:
        return ""


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


def _reason(causes: list[BaseException], settings: Settings, proxy: str) -> str:
    first = causes[0]
    if isinstance(first, requests.ConnectTimeout):
        return f"no connection within {settings.connect_timeout:g} s"
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the server's TLS certificate could not be verified"
        if isinstance(cause, ssl.SSLError):
            name = (cause.reason or "unknown reason").lower().replace("_", " ")
            return f"the TLS connection failed ({name})"
    if any(isinstance(one, requests.Timeout | TimeoutError | ReadTimeoutError) for one in causes):
        return f"nothing came within {settings.read_timeout:g} s"
    if any("IncompleteRead" in type(cause).__name__ for cause in causes):
        return "the answer was cut off"
    if isinstance(first, exceptions.ProxyError):
        unsent = any(map(_is_unsent, causes))
        which = f"the proxy {proxy}" if proxy else "the proxy"
        return f"{which} refused the connection" if unsent else f"{which} closed the connection"
    for cause in causes:
        if (
            isinstance(cause, OSError)
            and cause.strerror
            and not isinstance(cause, requests.RequestException)
        ):
            return cause.strerror.lower()
    return "the connection was closed"
