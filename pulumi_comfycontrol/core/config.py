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

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import ConfigError
from .secret import Secret
from .settings import DEFAULT_URL, Settings, is_loopback

NAMESPACE = "comfycontrol"
#: Present among a provider's inputs only when it is an explicit one; its value is its name.
ACCOUNT_KEY = f"{NAMESPACE}:account"
#: What an explicit provider may be given, and what it takes over from the stack config.
SETTINGS = ("apiUrl", "connectTimeout", "readTimeout", "operationTimeout", "quota")
_HOW_TO_GIVE_ONE = (
    "set the environment variable COMFYCONTROL_API_TOKEN, or run"
    " `pulumi config set --secret comfycontrol:apiToken` with a token from the dashboard"
    " (account settings, API Tokens)"
)


_IN_STATE = (
    "check in the dashboard that it is neither revoked nor expired (`pulumi refresh` and `pulumi"
    " destroy` use the {} of the last `pulumi up`, so after changing the token {})"
)


def default_key(key: str) -> str:
    """Return under which name an explicit provider is given the stack's setting ``key``."""
    return f"{NAMESPACE}:default{key[0].upper()}{key[1:]}"


@dataclass(frozen=True, slots=True)
class _Found:
    value: str
    source: str
    remedy: str = "check in the dashboard that it is neither revoked nor expired"


def load_settings(
    stack_config: Callable[[str], str | None], environ: Mapping[str, str] = os.environ
) -> Settings:
    """Find and check every setting.

    ``stack_config`` looks up a full key (``"comfycontrol:apiToken"``). Raises
    :class:`ConfigError` when the token is missing or a value can't be used.
    """
    account = stack_config(ACCOUNT_KEY)
    if account is not None and stack_config(f"{NAMESPACE}:apiToken") == "":
        # Another token would be that of another account.
        fault = f"the api_token of explicit provider '{account}' is empty"
        raise ConfigError(fault, "give it the account's token")

    def find(key: str, variable: str) -> _Found | None:
        own = stack_config(f"{NAMESPACE}:{key}")
        if account is not None and own:
            remedy = _IN_STATE.format(
                "provider's api_token", "run `pulumi up` or add --run-program"
            )
            return _Found(own, f"explicit provider '{account}'", remedy)
        live = environ.get(variable)
        if live:
            return _Found(live, f"environment variable {variable}")
        configured = stack_config(default_key(key)) if account is not None else own
        remedy = _IN_STATE.format("stack config", f"set {variable} or add --run-program")
        return _Found(configured, f"stack config {NAMESPACE}:{key}", remedy) if configured else None

    token = find("apiToken", "COMFYCONTROL_API_TOKEN")
    if token is None:
        fault = "no ComfyControl API token is configured"
        raise ConfigError(fault, _HOW_TO_GIVE_ONE)
    url = find("apiUrl", "COMFYCONTROL_API_URL")
    return Settings(
        token=Secret(_checked_token(token)),
        token_source=token.source,
        token_remedy=token.remedy,
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
    value = found.value.strip()
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not value.isprintable() or " " in value or "\\" in value:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise ConfigError(f"the API URL from {found.source} is not an http or https URL", advice)
    if parts.username is not None or parts.query or parts.fragment:
        fault = f"the API URL from {found.source} has credentials, a query or a fragment"
        raise ConfigError(fault, advice)
    if (
        parts.scheme == "http"
        and not is_loopback(host)
        and not environ.get("COMFYCONTROL_ALLOW_HTTP")
    ):
        fault = f"the API URL from {found.source} would send the token unencrypted to {host}"
        advice = "use https, or set COMFYCONTROL_ALLOW_HTTP=1 if that network is yours"
        raise ConfigError(fault, advice)
    return value.rstrip("/")


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
