"""The sources of each setting, and the messages about unusable values."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pulumi_comfycontrol.core.config import (
    ACCOUNT_KEY,
    SETTINGS,
    Settings,
    default_key,
    load_settings,
)
from pulumi_comfycontrol.core.errors import ConfigError
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.words import Words
from pulumi_comfycontrol.frontend.words import PULUMI

TOKEN = "cfc_hidden"
NO_CONFIG: Mapping[str, str] = {}


def load(config: Mapping[str, str] = NO_CONFIG, **environ: str) -> Settings:
    """Load settings; a token is configured unless one is given."""
    return load_settings({"comfycontrol:apiToken": TOKEN, **config}.get, environ, words=PULUMI)


def test_defaults() -> None:
    """The public API, 10 s to connect, 30 s to read, 120 s for an operation, the whole quota."""
    one = load()
    assert (one.store, one.address, one.if_exists) == (None, "", "create")
    assert one.url == "https://api.comfycontrol.app"
    assert (one.connect_timeout, one.read_timeout, one.operation_timeout) == (10, 30, 120)
    assert one.quota == (40, 10)


def test_the_environment_wins_over_the_stack() -> None:
    """It is read live, where refresh and destroy are given an older stack config."""
    config = {"comfycontrol:apiUrl": "https://stack.example.com"}
    one = load(
        config, COMFYCONTROL_API_TOKEN="cfc_live", COMFYCONTROL_API_URL="https://live.example.com/"
    )
    assert one.token.reveal() == "cfc_live"
    assert one.token_source == "environment variable COMFYCONTROL_API_TOKEN"
    assert one.url == "https://live.example.com"
    assert load(config).url == "https://stack.example.com"


def test_an_explicit_provider_wins_for_what_it_sets() -> None:
    """Other settings come from the environment, then from the stack."""
    config = {
        ACCOUNT_KEY: "eu",
        "comfycontrol:apiToken": "cfc_eu",
        default_key("apiUrl"): "https://stack.example.com",
        default_key("quota"): "20/10",
    }
    one = load(config, COMFYCONTROL_API_TOKEN="cfc_live", COMFYCONTROL_QUOTA="5/10")
    assert one.token.reveal() == "cfc_eu"
    assert one.token_source == "explicit provider 'eu'"
    assert one.url == "https://stack.example.com"
    assert one.quota == (5, 10)
    own = load(config | {"comfycontrol:apiUrl": "https://eu.example.com"})
    assert own.url == "https://eu.example.com"


def test_an_account_may_be_handed_in() -> None:
    """A native plugin knows an explicit provider by its name, and is given no marker."""
    given = {"comfycontrol:apiToken": "cfc_eu", "comfycontrol:quota": "20/10"}
    one = load_settings(
        given.get,
        {"COMFYCONTROL_API_TOKEN": "cfc_live", "COMFYCONTROL_QUOTA": "5/10"},
        account="eu",
    )
    assert one.token.reveal() == "cfc_eu"
    assert one.token_source == "explicit provider 'eu'"
    assert one.quota == (20, 10)


def test_the_table_names_the_fields_of_settings() -> None:
    """Every row fills a field, has a variable and a key of its own, and a meaning."""
    names = [row.name for row in SETTINGS]
    assert set(names) == set(Settings.__dataclass_fields__) - {
        "token_source",
        "token_remedy",
        "url_source",
        "words",
    }
    assert len({row.variable for row in SETTINGS}) == len(names)
    assert all(row.variable.startswith("COMFYCONTROL_") and row.sentence for row in SETTINGS)
    keys = [row.key for row in SETTINGS if row.key]
    assert len(set(keys)) == len(keys)


def test_every_setting_can_be_given_in_both_places() -> None:
    """The environment wins for each, not only for the token."""
    texts = {
        "token": ("cfc_a", "cfc_b"),
        "url": ("https://a.example.com", "https://b.example.com"),
        "connect_timeout": ("1", "2"),
        "read_timeout": ("3", "4"),
        "operation_timeout": ("5", "6"),
        "quota": ("7/10", "8/10"),
        "store": ("postgresql://a/b", "postgresql://c/d"),
        "address": ("office", "office"),
        "if_exists": ("fail", "adopt"),
    }
    config = {f"comfycontrol:{row.key}": texts[row.name][0] for row in SETTINGS if row.key}
    environ = {row.variable: texts[row.name][1] for row in SETTINGS}
    configured, live = load(config), load(config, **environ)
    for row in SETTINGS:
        one, other = getattr(configured, row.name), getattr(live, row.name)
        assert one != other, row.name
        assert other != row.default, row.name


def test_a_store_is_a_secret() -> None:
    """The store's URL has a password, which no text and no repr shows."""
    one = load(COMFYCONTROL_STORE="postgresql://u:hunter2222@db/x")
    assert "hunter" not in repr(one)
    assert one.store == Secret("postgresql://u:hunter2222@db/x")
    assert "postgresql://u:hunter2222@db/x" in one.hidden()


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.example.com/v1", "https://api.example.com"),
        ("https://api.example.com/v1/", "https://api.example.com"),
        ("https://api.example.com:8443//", "https://api.example.com:8443"),
    ],
)
def test_a_copied_v1_is_no_part_of_the_address(url: str, base: str) -> None:
    """Every path of the API begins with it anyway."""
    assert load(COMFYCONTROL_API_URL=url).url == base


def test_a_quota_above_the_documented_one_is_for_emulators() -> None:
    """The API answers 429 to the 41st request in any 10 s, whatever the form of the share."""
    for quota in ("41/10", "40/9", "400/100", "5/1"):
        with pytest.raises(ConfigError, match=r"more than the 40 requests in 10 s"):
            load(COMFYCONTROL_QUOTA=quota)
    for quota in ("40/10", "4/1", "40/100"):
        assert load(COMFYCONTROL_QUOTA=quota)
    local = load(COMFYCONTROL_QUOTA="1000/1", COMFYCONTROL_API_URL="http://127.0.0.1:8787")
    assert local.quota == (1000, 1)


def test_a_program_of_its_own_hears_nothing_of_pulumi() -> None:
    """The core's own words fit every front-end."""
    with pytest.raises(ConfigError) as caught:
        load_settings({}.get, {})
    config = {"comfycontrol:apiToken": TOKEN}
    texts = [str(caught.value), load_settings(config.get, {}).token_remedy, str(Words())]
    assert not any("pulumi" in text.lower() for text in texts)


def test_each_source_of_a_token_has_its_remedy() -> None:
    """Setting the environment does not help an explicit provider."""
    assert "set COMFYCONTROL_API_TOKEN or add --run-program" in load().token_remedy
    assert "pulumi refresh" not in load(COMFYCONTROL_API_TOKEN="cfc_live").token_remedy
    explicit = load({ACCOUNT_KEY: "eu"}).token_remedy
    assert "run `pulumi up` or add --run-program" in explicit
    assert "COMFYCONTROL_API_TOKEN" not in explicit


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMFYCONTROL_API_TOKEN", "cfc_a b"),
        ("COMFYCONTROL_API_TOKEN", "cfc_\u00e4"),
        ("COMFYCONTROL_API_TOKEN", "cfc_a\x07"),
        ("COMFYCONTROL_API_URL", "api.example.com"),
        ("COMFYCONTROL_API_URL", "https://exa mple.com"),
        ("COMFYCONTROL_API_URL", "https://example.com\\x"),
        ("COMFYCONTROL_API_URL", "https://example.com:port"),
        ("COMFYCONTROL_API_URL", "https://user:hidden@example.com"),
        ("COMFYCONTROL_API_URL", "https://example.com?key=hidden"),
        ("COMFYCONTROL_API_URL", "http://example.com"),
        ("COMFYCONTROL_API_URL", "https://example.com/api"),
        ("COMFYCONTROL_API_URL", "https://example.com/v2"),
        ("COMFYCONTROL_READ_TIMEOUT", "soon"),
        ("COMFYCONTROL_READ_TIMEOUT", "0"),
        ("COMFYCONTROL_READ_TIMEOUT", "inf"),
        ("COMFYCONTROL_QUOTA", "0/10"),
        ("COMFYCONTROL_QUOTA", "many"),
        ("COMFYCONTROL_QUOTA", "4/nan"),
        ("COMFYCONTROL_QUOTA", "4.5/10"),
        ("COMFYCONTROL_STORE", "mysql://hidden@host/x"),
        ("COMFYCONTROL_STORE", "postgresql://[hidden"),
        ("COMFYCONTROL_ADDRESS", "of\x07fice"),
        ("COMFYCONTROL_IF_EXISTS", "hidden"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable: str, value: str) -> None:
    """By its source, with what to do, and without the value."""
    with pytest.raises(ConfigError) as caught:
        load(**{variable: value})
    assert f"environment variable {variable}" in str(caught.value)
    assert caught.value.advice
    assert "hidden" not in str(caught.value)


def test_http_is_for_this_machine_or_by_permission() -> None:
    """The token would be readable on the way."""
    for url in ("http://127.0.0.1:8787", "http://localhost:1", "http://[::1]:8787"):
        assert load(COMFYCONTROL_API_URL=url).url == url
    allowed = {"COMFYCONTROL_API_URL": "http://10.0.0.1", "COMFYCONTROL_ALLOW_HTTP": "1"}
    assert load(**allowed).url == "http://10.0.0.1"


def test_no_token_says_how_to_give_one() -> None:
    """The message names the variable and the stack config."""
    with pytest.raises(ConfigError) as caught:
        load_settings({}.get, {}, words=PULUMI)
    assert "COMFYCONTROL_API_TOKEN" in str(caught.value)
    assert "pulumi config set --secret comfycontrol:apiToken" in str(caught.value)


def test_settings_show_no_token() -> None:
    """Not in their repr."""
    assert TOKEN not in repr(load())


def test_an_explicit_provider_with_an_empty_token_uses_no_other() -> None:
    """The environment's token would be that of another account."""
    own = {ACCOUNT_KEY: "eu", "comfycontrol:apiToken": ""}
    with pytest.raises(ConfigError, match="API token of explicit provider 'eu' is empty"):
        load_settings(own.get, {"COMFYCONTROL_API_TOKEN": "cfc_other"})
