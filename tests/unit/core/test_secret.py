"""Redaction: no text shows a token or a header's value, and all stay readable."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.core.secret import hiding, redact


@pytest.mark.parametrize("token", ["cfc_abc123", "sk-live-123456", "cfc_abc-def.ghi"])
def test_a_given_secret_of_any_shape_is_hidden(token: str) -> None:
    """The shape of a token is not documented (A1)."""
    assert redact(f"no such token: {token}!", [token]) == "no such token: [secret]!"


def test_what_looks_like_a_token_is_hidden() -> None:
    """Even if it was not declared as a secret."""
    assert redact("for cfc_abc123") == "for [secret]"


def test_a_part_of_a_secret_is_hidden() -> None:
    """An answer may quote the second word of "Bearer …" alone."""
    assert redact("got hunter2-x", ["Bearer hunter2-x"]) == "got [secret]"


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    """Inside of words, a redaction would make the sentence unreadable and protect nothing."""
    assert redact("name must be a name", ["a"]) == "name must be [secret] name"


def test_what_an_operation_knows_as_secret_is_hidden_in_all_its_texts() -> None:
    """For as long as it lasts."""
    with hiding(["hunter2"]), hiding(["swordfish"]):
        assert redact("hunter2, swordfish") == "[secret], [secret]"
    assert redact("hunter2") == "hunter2"
