"""The settings of one ComfyControl account: one table with the sources of each.

The environment wins over the configuration of the front-end, because it is read live: Pulumi's
refresh and destroy are given the configuration of the last update, so that a rotated token would
not reach them. An explicit provider's own arguments win over both.
"""

from __future__ import annotations

import ipaddress
import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

from .errors import ConfigError
from .secret import Secret
from .words import NEUTRAL, Words

NAMESPACE = "comfycontrol"
#: The input that only an explicit dynamic provider has; its value is the provider's name.
ACCOUNT_KEY = f"{NAMESPACE}:account"
DEFAULT_URL = "https://api.comfycontrol.app"
IfExists = Literal["create", "fail", "adopt"]
#: The API's limit for one address [docs: api/authentication]: requests, seconds.
DOCUMENTED_QUOTA = (40, 10.0)
_DAY = 86_400
_CHECK_TOKEN = "check in the dashboard that it is neither revoked nor expired"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one account; times are seconds."""

    token: Secret = field(repr=False)
    token_source: str = "the caller"  # noqa: S105 - not a token
    url: str = DEFAULT_URL
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    operation_timeout: float = 120.0
    #: This host's share of the API's limit (requests, seconds); with a store, all hosts' share.
    quota: tuple[int, float] = DOCUMENTED_QUOTA
    #: The URL of a PostgreSQL database.
    store: Secret | None = field(default=None, repr=False)
    address: str = ""
    if_exists: IfExists = "create"
    #: Advice for a token that the API rejects, as a part of a sentence.
    token_remedy: str = "get a valid one from the dashboard"  # noqa: S105 - not a token
    url_source: str = "the default"
    words: Words = NEUTRAL

    def hidden(self, others: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the values that no text about a request may show: our own and the request's."""
        store = (self.store.reveal(),) if self.store else ()
        return (self.token.reveal(), *store, *others)


@dataclass(frozen=True, slots=True)
class Given:
    """A setting's text and its source, the latter as a part of a sentence."""

    value: str
    source: str

    def refuse(self, fault: str, advice: str) -> NoReturn:
        """Raise a :class:`ConfigError` that names the source, and not the value."""
        raise ConfigError(fault.format(self.source), advice)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table; the default is that of the field in :class:`Settings`."""

    #: The name in :class:`Settings`.
    name: str
    variable: str
    #: The name in the front-end's configuration, behind ``comfycontrol:``; "" where it has none.
    key: str
    #: Function from a text to the field's value; raises :class:`ConfigError`.
    parse: Callable[[Given], Any]
    #: The meaning, for documentation and schema.
    sentence: str
    secret: bool = False
    #: Whether an explicit provider may set it for its own resources.
    per_account: bool = False

    @property
    def default(self) -> Any:
        """The value where nothing is given; None for a setting that has none."""
        return getattr(Settings(Secret("")), self.name) if self.name != "token" else None


def _token(given: Given) -> Secret:
    # Only characters invalid in a header are rejected: the token's format is not documented (A1).
    token = given.value.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        given.refuse(
            "the API token from {} has characters that no token can have",
            "copy it again from the dashboard",
        )
    return Secret(token)


def _url(given: Given) -> str:
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


def _seconds(given: Given) -> float:
    seconds = _number(given.value)
    if not 0 < seconds <= _DAY:
        given.refuse(
            "the {} is not a number of seconds between 0 and 86400", "correct or remove it"
        )
    return seconds


def _quota(given: Given) -> tuple[int, float]:
    requests, _, seconds = given.value.partition("/")
    quota = _number(requests), _number(seconds or "10")
    if not quota[0].is_integer() or quota[0] < 1 or not 0 < quota[1] <= _DAY:
        given.refuse(
            "the {} is not a quota of the form requests/seconds",
            "give this host's share of the address's quota, as in 20/10",
        )
    return int(quota[0]), quota[1]


def _store(given: Given) -> Secret:
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


def _address(given: Given) -> str:
    if not given.value.isprintable():
        given.refuse("the {} has characters that can't be printed", "correct or remove it")
    return given.value.strip()


def _if_exists(given: Given) -> str:
    if given.value not in {"create", "fail", "adopt"}:
        given.refuse("the {} is none of create, fail and adopt", "correct or remove it")
    return given.value


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


SETTINGS = (
    Setting(
        "token",
        "COMFYCONTROL_API_TOKEN",
        "apiToken",
        _token,
        "API token of the account, from the dashboard (account settings, API Tokens)",
        secret=True,
        per_account=True,
    ),
    Setting(
        "url",
        "COMFYCONTROL_API_URL",
        "apiUrl",
        _url,
        "URL of the API; by default the public one",
        per_account=True,
    ),
    Setting(
        "connect_timeout",
        "COMFYCONTROL_CONNECT_TIMEOUT",
        "connectTimeout",
        _seconds,
        "seconds to wait for a connection",
    ),
    Setting(
        "read_timeout",
        "COMFYCONTROL_READ_TIMEOUT",
        "readTimeout",
        _seconds,
        "seconds to wait for the next part of an answer",
    ),
    Setting(
        "operation_timeout",
        "COMFYCONTROL_OPERATION_TIMEOUT",
        "operationTimeout",
        _seconds,
        "seconds for all attempts of one operation together",
    ),
    Setting(
        "quota",
        "COMFYCONTROL_QUOTA",
        "quota",
        _quota,
        "share of the address's quota that this host takes, as requests/seconds",
    ),
    Setting(
        "store",
        "COMFYCONTROL_STORE",
        "store",
        _store,
        "URL of a PostgreSQL database in which all machines keep the journal and the quota",
        secret=True,
    ),
    Setting(
        "address",
        "COMFYCONTROL_ADDRESS",
        "",
        _address,
        "name of the public address behind which this machine is, for a quota that machines"
        " share through a store",
    ),
    Setting(
        "if_exists",
        "COMFYCONTROL_IF_EXISTS",
        "ifExists",
        _if_exists,
        "reaction to an object that equals a new resource: create, fail or adopt",
    ),
)


def default_key(key: str) -> str:
    """Return the name under which an explicit dynamic provider gets the stack's ``key``."""
    return f"{NAMESPACE}:default{key[0].upper()}{key[1:]}"


def load_settings(
    config: Callable[[str], str | None],
    environ: Mapping[str, str] = os.environ,
    *,
    account: str | None = None,
    words: Words = NEUTRAL,
    options: Mapping[str, str] = MappingProxyType({}),
) -> Settings:
    """Find and check every setting.

    ``config`` looks up a full key (``"comfycontrol:apiToken"``) in the front-end's configuration,
    or in what the explicit provider ``account`` was given, by default the one that is named under
    :data:`ACCOUNT_KEY`. ``options`` are those of a command, by the setting's name; they win. Raises
    :class:`ConfigError` when the token is missing or a value can't be used.
    """
    account = account if account is not None else config(ACCOUNT_KEY)
    if account is not None and config(f"{NAMESPACE}:apiToken") == "":
        # Any other source may hold the token of another account.
        fault = f"the API token of explicit provider '{account}' is empty"
        raise ConfigError(fault, "give it the account's token")
    found = {row.name: _find(row, config, environ, account, words) for row in SETTINGS}
    found |= {name: Given(value, f"option --{name}") for name, value in options.items()}
    token = found["token"]
    if token is None:
        advice = (
            f"{words.give_token} with a token from the dashboard (account settings, API Tokens)"
        )
        raise ConfigError("no ComfyControl API token is configured", advice)
    values = {row.name: row.parse(given) for row in SETTINGS if (given := found[row.name])}
    url = found["url"]
    settings = Settings(
        **values,
        token_source=token.source,
        token_remedy=_token_remedy(token, account, words),
        url_source=url.source if url else "the default",
        words=words,
    )
    _check_http(settings, environ)
    _check_quota(settings, found["quota"])
    return settings


def _find(
    row: Setting,
    config: Callable[[str], str | None],
    environ: Mapping[str, str],
    account: str | None,
    words: Words,
) -> Given | None:
    own = config(f"{NAMESPACE}:{row.key}") if row.key else None
    if account is not None and own:
        return Given(own, f"explicit provider '{account}'")
    live = environ.get(row.variable)
    if live:
        return Given(live, f"environment variable {row.variable}")
    if account is not None and row.key:
        own = config(default_key(row.key))
    return Given(own, f"{words.config} {NAMESPACE}:{row.key}") if own else None


def _token_remedy(token: Given, account: str | None, words: Words) -> str:
    if token.source.startswith("environment"):
        return _CHECK_TOKEN
    more = words.config_token if account is None else words.account_token
    return f"{_CHECK_TOKEN} ({more})" if more else _CHECK_TOKEN


def _check_http(settings: Settings, environ: Mapping[str, str]) -> None:
    host = host_of(settings.url)
    if (
        settings.url.startswith("http://")
        and not is_loopback(host)
        and not environ.get("COMFYCONTROL_ALLOW_HTTP")
    ):
        raise ConfigError(
            f"the API URL from {settings.url_source} would send the token unencrypted to {host}",
            "use https, or set COMFYCONTROL_ALLOW_HTTP=1 if that network is yours",
        )


def _check_quota(settings: Settings, given: Given | None) -> None:
    """Refuse more than the API takes; an emulator, which alone has no https, may take more."""
    requests, seconds = settings.quota
    most, window = DOCUMENTED_QUOTA
    in_window = requests * max(1, math.ceil(window / seconds))
    if given and in_window > most and settings.url.startswith("https://"):
        given.refuse(
            f"the {{}} allows more than the {most} requests in {window:g} s that the API takes"
            " from one address",
            f"give this host's share of {most}/{window:g}, as in 20/10",
        )


def host_of(url: str) -> str:
    """Return the name or address of a URL's host, without brackets; "" where it has none."""
    return urlsplit(url).hostname or ""


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
