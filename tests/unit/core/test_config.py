"""Where each setting comes from, and what is said of one that can't be used."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pulumi_comfycontrol.core.config import ACCOUNT_KEY, default_key, load_settings
from pulumi_comfycontrol.core.errors import ConfigError
from pulumi_comfycontrol.core.settings import Settings

TOKEN = "cfc_hidden"
NO_CONFIG: Mapping[str, str] = {}


def load(config: Mapping[str, str] = NO_CONFIG, **environ: str) -> Settings:
    """Load settings; a token is configured unless one is given."""
    return load_settings({"comfycontrol:apiToken": TOKEN, **config}.get, environ)


def test_defaults() -> None:
    """The public API, 10 s to connect, 30 s to read, 120 s for an operation, the whole quota."""
    one = load()
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
    """What it does not set comes from the environment, then from the stack."""
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
        ("COMFYCONTROL_READ_TIMEOUT", "soon"),
        ("COMFYCONTROL_READ_TIMEOUT", "0"),
        ("COMFYCONTROL_READ_TIMEOUT", "inf"),
        ("COMFYCONTROL_QUOTA", "0/10"),
        ("COMFYCONTROL_QUOTA", "many"),
        ("COMFYCONTROL_QUOTA", "4/nan"),
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
    """Both ways are named."""
    with pytest.raises(ConfigError) as caught:
        load_settings({}.get, {})
    assert "COMFYCONTROL_API_TOKEN" in str(caught.value)
    assert "pulumi config set --secret comfycontrol:apiToken" in str(caught.value)


def test_settings_show_no_token() -> None:
    """Not in their repr."""
    assert TOKEN not in repr(load())


def test_an_explicit_provider_with_an_empty_token_uses_no_other() -> None:
    """The environment's token would be that of another account."""
    own = {ACCOUNT_KEY: "eu", "comfycontrol:apiToken": ""}
    with pytest.raises(ConfigError, match="api_token of explicit provider 'eu' is empty"):
        load_settings(own.get, {"COMFYCONTROL_API_TOKEN": "cfc_other"})
