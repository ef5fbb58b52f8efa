"""The settings of one ComfyControl account, and where each of them may come from.

===================================  ================================  =========================
environment                          stack config                      default
===================================  ================================  =========================
``COMFYCONTROL_API_TOKEN``           ``comfycontrol:apiToken``         none: it must be given
``COMFYCONTROL_API_URL``             ``comfycontrol:apiUrl``           the public API
``COMFYCONTROL_CONNECT_TIMEOUT``     ``comfycontrol:connectTimeout``   10 s
``COMFYCONTROL_READ_TIMEOUT``        ``comfycontrol:readTimeout``      30 s
``COMFYCONTROL_OPERATION_TIMEOUT``   ``comfycontrol:operationTimeout`` 120 s
``COMFYCONTROL_QUOTA``               ``comfycontrol:quota``            40/10 (requests/seconds)
===================================  ================================  =========================

The environment wins, because it is read live: ``pulumi refresh`` and ``pulumi destroy`` are
given the stack config of the last ``pulumi up``, so that a rotated token would not reach them.
An explicit :class:`~pulumi_comfycontrol.Provider` wins over both for what it sets itself.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .core.errors import ConfigError
from .core.redact import Secret
from .core.settings import DEFAULT_URL, Settings

NAMESPACE = "comfycontrol"
#: Present among a provider's inputs only when it is an explicit one; its value is its name.
ACCOUNT_KEY = f"{NAMESPACE}:account"
_HOW_TO_GIVE_ONE = (
    "set the environment variable COMFYCONTROL_API_TOKEN, or run"
    " `pulumi config set --secret comfycontrol:apiToken` with a token from the dashboard"
    " (account settings, API Tokens)"
)


@dataclass(frozen=True, slots=True)
class _Found:
    value: str
    source: str


def load_settings(
    stack_config: Callable[[str], str | None], environ: Mapping[str, str] = os.environ
) -> Settings:
    """Find and check every setting.

    ``stack_config`` looks up a full key (``"comfycontrol:apiToken"``). Raises
    :class:`ConfigError` when the token is missing or a value can't be used.
    """
    account = stack_config(ACCOUNT_KEY)

    def find(key: str, variable: str) -> _Found | None:
        configured = stack_config(f"{NAMESPACE}:{key}")
        in_config = _Found(configured, f"stack config {NAMESPACE}:{key}") if configured else None
        live = environ.get(variable)
        in_environ = _Found(live, f"environment variable {variable}") if live else None
        if account is not None:
            if in_config:
                in_config = _Found(in_config.value, f"explicit provider '{account}'")
            return in_config or in_environ
        return in_environ or in_config

    token = find("apiToken", "COMFYCONTROL_API_TOKEN")
    if token is None:
        fault = "no ComfyControl API token is configured"
        raise ConfigError(fault, _HOW_TO_GIVE_ONE)
    url = find("apiUrl", "COMFYCONTROL_API_URL")
    return Settings(
        token=Secret(_checked_token(token)),
        token_source=token.source,
        url=_checked_url(url, environ) if url else DEFAULT_URL,
        connect_timeout=_seconds(find("connectTimeout", "COMFYCONTROL_CONNECT_TIMEOUT"), 10.0),
        read_timeout=_seconds(find("readTimeout", "COMFYCONTROL_READ_TIMEOUT"), 30.0),
        operation_timeout=_seconds(
            find("operationTimeout", "COMFYCONTROL_OPERATION_TIMEOUT"), 120.0
        ),
        quota=_quota(find("quota", "COMFYCONTROL_QUOTA")),
    )


def _checked_token(found: _Found) -> str:
    # Only what can't be put into a header is refused: the token's shape is not documented (A1).
    token = found.value.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        fault = f"the API token from {found.source} has characters that no token can have"
        raise ConfigError(fault, "copy it again from the dashboard")
    return token


def _checked_url(found: _Found, environ: Mapping[str, str]) -> str:
    advice = f"give it as in {DEFAULT_URL}"
    try:
        parts = urlsplit(found.value.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise ConfigError(f"the API URL from {found.source} is not an http or https URL", advice)
    if parts.username is not None or parts.query or parts.fragment:
        fault = f"the API URL from {found.source} has credentials, a query or a fragment"
        raise ConfigError(fault, advice)
    if (
        parts.scheme == "http"
        and not _is_loopback(host)
        and not environ.get("COMFYCONTROL_ALLOW_HTTP")
    ):
        fault = f"the API URL from {found.source} would send the token unencrypted to {host}"
        advice = "use https, or set COMFYCONTROL_ALLOW_HTTP=1 if that network is yours"
        raise ConfigError(fault, advice)
    return found.value.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _seconds(found: _Found | None, default: float) -> float:
    if found is None:
        return default
    try:
        seconds = float(found.value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:  # noqa: PLR2004 - a day
        fault = f"the {found.source} is not a number of seconds between 0 and 86400"
        raise ConfigError(fault, f"correct or remove it; the default is {default:g}")
    return seconds


def _quota(found: _Found | None) -> tuple[int, float]:
    if found is None:
        return (40, 10.0)
    requests, _, seconds = found.value.partition("/")
    try:
        quota = (int(requests), float(seconds or 10))
    except ValueError:
        quota = (0, 0.0)
    if quota[0] < 1 or not 0 < quota[1] <= 86_400:  # noqa: PLR2004 - a day
        fault = f"the {found.source} is not a quota of the form requests/seconds"
        raise ConfigError(fault, "give this host's share of the address's quota, as in 20/10")
    return quota
