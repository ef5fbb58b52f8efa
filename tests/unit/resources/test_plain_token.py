"""The warning of a token in the clear."""

from __future__ import annotations

from weakref import WeakSet

import pulumi
import pytest
from pulumi.runtime import set_all_config

from pulumi_comfycontrol.resources import plain_token

KEY = "comfycontrol:apiToken"


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of a new program."""
    found: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", found.append)
    monkeypatch.setattr(plain_token, "_checked", WeakSet())
    return found


@pytest.mark.parametrize(("secret_keys", "times"), [([], 1), ([KEY], 0)])
def test_a_token_in_plain_text_is_warned_of_once(
    warnings: list[str], secret_keys: list[str], times: int
) -> None:
    """A token that was set as a secret causes no warning; no message shows the token."""
    set_all_config({KEY: "cfc_hidden"}, secret_keys)
    try:
        plain_token.warn_of_plain_token()
        plain_token.warn_of_plain_token()
    finally:
        set_all_config({}, [])
    assert len(warnings) == times
    assert "hidden" not in "".join(warnings)
    assert all("pulumi config set --secret comfycontrol:apiToken" in text for text in warnings)
