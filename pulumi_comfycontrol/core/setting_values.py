"""Parsers of the settings' texts; each raises :class:`ConfigError` for an unusable one."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from .errors import ConfigError
from .secret import Secret

DEFAULT_URL = "https://api.comfycontrol.app"
IfExists = Literal["create", "fail", "adopt"]
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Given:
    """A setting's text and its source, the latter as a part of a sentence."""

    value: str
    source: str

    def refuse(self, fault: str, advice: str) -> NoReturn:
        """Raise a :class:`ConfigError` that names the source, and not the value."""
        raise ConfigError(fault.format(self.source), advice)


def token(given: Given) -> Secret:
    """The API token."""
    # Only characters invalid in a header are rejected: the token's format is not documented (A1).
    token = given.value.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        given.refuse(
            "the API token from {} has characters that no token can have",
            "copy it again from the dashboard",
        )
    return Secret(token)


def url(given: Given) -> str:
    """The API's URL, without a path."""
    advice = f"give it as in {DEFAULT_URL}"
    value = given.value.strip()
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not value.isprintable() or " " in value or "\\" in value:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        given.refuse("the API URL from {} is not an http or https URL", advice)
    if parts.username is not None or parts.query or parts.fragment:
        given.refuse("the API URL from {} has credentials, a query or a fragment", advice)
    # Each path of the API begins with /v1, which is easily copied along.
    if parts.path.rstrip("/") not in {"", "/v1"}:
        given.refuse("the API URL from {} has a path, but the API is at the root of a host", advice)
    return f"{parts.scheme}://{parts.netloc}"


def seconds(given: Given) -> float:
    """A number of seconds, at most a day."""
    seconds = _number(given.value)
    if not 0 < seconds <= _DAY:
        given.refuse(
            "the {} is not a number of seconds between 0 and 86400", "correct or remove it"
        )
    return seconds


def quota(given: Given) -> tuple[int, float]:
    """Requests and seconds."""
    requests, _, seconds = given.value.partition("/")
    quota = _number(requests), _number(seconds or "10")
    if not quota[0].is_integer() or quota[0] < 1 or not 0 < quota[1] <= _DAY:
        given.refuse(
            "the {} is not a quota of the form requests/seconds",
            "give this host's share of the address's quota, as in 20/10",
        )
    return int(quota[0]), quota[1]


def store(given: Given) -> Secret:
    """The URL of a PostgreSQL database."""
    try:
        parts = urlsplit(given.value.strip())
        usable = parts.scheme in {"postgresql", "postgres"} and (parts.netloc or parts.query)
    except ValueError:
        usable = False
    if not usable:
        given.refuse(
            "the {} is not the URL of a PostgreSQL database",
            "give it as in postgresql://user:password@host/database",
        )
    return Secret(given.value.strip())


def address(given: Given) -> str:
    """A name for a public address."""
    if not given.value.isprintable():
        given.refuse("the {} has characters that can't be printed", "correct or remove it")
    return given.value.strip()


def if_exists(given: Given) -> str:
    """A policy for objects that exist."""
    if given.value not in {"create", "fail", "adopt"}:
        given.refuse("the {} is none of create, fail and adopt", "correct or remove it")
    return given.value


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def host_of(url: str) -> str:
    """Return the name or address of a URL's host, without brackets; "" where it has none."""
    return urlsplit(url).hostname or ""


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
