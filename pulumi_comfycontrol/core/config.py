"""The settings of one ComfyControl account: one table with the sources of each.

The environment wins over the configuration of the front-end, because it is read live: Pulumi's
refresh and destroy are given the configuration of the last update, so that a rotated token would
not reach them. An explicit provider's own arguments win over both.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import MappingProxyType
from typing import Any

from . import setting_values as values
from .errors import ConfigError
from .secret import Secret
from .setting_values import DEFAULT_URL, Given, IfExists, host_of, is_loopback
from .words import NEUTRAL, Words

NAMESPACE = "comfycontrol"
#: The input that only an explicit dynamic provider has; its value is the provider's name.
ACCOUNT_KEY = f"{NAMESPACE}:account"
#: The API's limit for one address [docs: api/authentication]: requests, seconds.
DOCUMENTED_QUOTA = (40, 10.0)
_CHECK_TOKEN = "check in the dashboard that it is neither revoked nor expired"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table."""

    #: The field of :class:`Settings`.
    name: str
    variable: str
    #: The name in the front-end's configuration, behind ``comfycontrol:``; "" where it has none.
    key: str
    #: Function from a text to the field's value; raises :class:`ConfigError`.
    parse: Callable[[Given], Any]
    #: The meaning, for documentation and schema.
    sentence: str
    #: The value where nothing is given; None for a setting that has none.
    default: Any
    secret: bool


def _row(
    variable: str,
    key: str,
    parse: Callable[[Given], Any],
    sentence: str,
    default: Any = MISSING,
    *,
    secret: bool = False,
) -> Any:
    """A field of :class:`Settings`, with its row of the table."""
    row = {"variable": variable, "key": key, "parse": parse, "sentence": sentence, "secret": secret}
    return field(default=default, repr=not secret, metadata=row)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one account, and where some of them come from; times are seconds."""

    token: Secret = _row(  # noqa: RUF009 - a field
        "COMFYCONTROL_API_TOKEN",
        "apiToken",
        values.token,
        "API token of the account, from the dashboard (account settings, API Tokens)",
        secret=True,
    )
    token_source: str = "the caller"  # noqa: S105 - not a token
    url: str = _row(
        "COMFYCONTROL_API_URL",
        "apiUrl",
        values.url,
        "URL of the API; by default the public one",
        DEFAULT_URL,
    )
    connect_timeout: float = _row(
        "COMFYCONTROL_CONNECT_TIMEOUT",
        "connectTimeout",
        values.seconds,
        "seconds to wait for a connection",
        10.0,
    )
    read_timeout: float = _row(
        "COMFYCONTROL_READ_TIMEOUT",
        "readTimeout",
        values.seconds,
        "seconds to wait for the next part of an answer",
        30.0,
    )
    operation_timeout: float = _row(
        "COMFYCONTROL_OPERATION_TIMEOUT",
        "operationTimeout",
        values.seconds,
        "seconds for all attempts of one operation together",
        120.0,
    )
    #: With a store, the share of all hosts together.
    quota: tuple[int, float] = _row(
        "COMFYCONTROL_QUOTA",
        "quota",
        values.quota,
        "share of the address's quota that this host takes, as requests/seconds",
        DOCUMENTED_QUOTA,
    )
    store: Secret | None = _row(  # noqa: RUF009 - a field
        "COMFYCONTROL_STORE",
        "store",
        values.store,
        "URL of a PostgreSQL database in which all machines keep the journal and the quota",
        None,
        secret=True,
    )
    address: str = _row(
        "COMFYCONTROL_ADDRESS",
        "",
        values.address,
        "name of the public address behind which this machine is, for a quota that machines"
        " share through a store",
        "",
    )
    if_exists: IfExists = _row(  # noqa: RUF009 - a field
        "COMFYCONTROL_IF_EXISTS",
        "ifExists",
        values.if_exists,
        "reaction to an object that equals a new resource: create, fail or adopt",
        "create",
    )
    #: Advice for a token that the API rejects, as a part of a sentence.
    token_remedy: str = "get a valid one from the dashboard"  # noqa: S105 - not a token
    url_source: str = "the default"
    words: Words = NEUTRAL

    def hidden(self, others: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the values that no text about a request may show: our own and the request's."""
        store = (self.store.reveal(),) if self.store else ()
        return (self.token.reveal(), *store, *others)


SETTINGS = tuple(
    Setting(one.name, default=None if one.default is MISSING else one.default, **one.metadata)
    for one in fields(Settings)
    if one.metadata
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
        if words.config_token:
            advice = f"{advice}; {words.config_token}"
        raise ConfigError("no ComfyControl API token is configured", advice)
    parsed = {row.name: row.parse(given) for row in SETTINGS if (given := found[row.name])}
    url = found["url"]
    settings = Settings(
        **parsed,
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
