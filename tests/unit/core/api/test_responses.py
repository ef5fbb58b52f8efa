"""The interpretation of answers, and the parts of them that are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.body import Form
from pulumi_comfycontrol.core.api.request import Reply, Request
from pulumi_comfycontrol.core.api.responses import Accepted, interpret, retry_after
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import ApiError, BadAnswer, NotFound, RateLimited
from pulumi_comfycontrol.core.secret import Secret

TOKEN = "sk-odd-token"
GET = Request("GET", "/v1/runner/1", secrets=("hidden-value",))
SETTINGS = Settings(Secret(TOKEN), token_source="test", token_remedy="replace it")


def ask(status: int, content: Any, request: Request = GET, **headers: str) -> Any:
    """Interpret an answer; what is not bytes is sent as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return interpret(request, Reply(status, headers, body), SETTINGS, 0.0)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_is_one(status: int) -> None:
    """The number of a create is not documented (A4); a DELETE needs no body (A28)."""
    assert ask(status, {"id": "1"}) == {"id": "1"}
    assert ask(status, b"", Request("DELETE", "/v1/runner/1")) == Accepted(status, Form.EMPTY)


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"", "an empty body"),
        (b"<html><title>Error\n1015</title>", "an HTML page titled 'Error 1015'"),
        (b"\xff\xfe\xfd", "3 bytes that are not JSON"),
        (b"[" * 200_000, "200000 bytes that are not JSON"),
        (b"1" * 5000, "5000 bytes that are not JSON"),
    ],
)
def test_a_success_without_json_is_summarised(content: bytes, summary: str) -> None:
    """Never dumped, and never an exception of a parser."""
    with pytest.raises(BadAnswer) as caught:
        ask(200, content)
    assert summary in caught.value.fault


def test_only_the_documented_404_says_that_something_is_gone() -> None:
    """A 404 of a proxy, or of a missing route, has another form."""
    with pytest.raises(NotFound):
        ask(404, {"status": 404, "message": "requested entity not found"})
    for other in ({"error": "not found"}, {"status": 500, "message": "x"}, b"<html>", []):
        with pytest.raises(ApiError) as caught:
            ask(404, other)
        assert not isinstance(caught.value, NotFound)


def test_what_the_api_quotes_is_hidden_and_on_one_line() -> None:
    """Neither secrets nor commands to the terminal come through."""
    message = f"bad \x1b[31mheader\nhidden-value for {TOKEN}"
    with pytest.raises(ApiError) as caught:
        ask(400, {"status": 400, "message": message})
    assert caught.value.message == "bad [31mheader [secret] for [secret]"


def test_a_refused_token_says_where_it_came_from_and_what_to_do() -> None:
    """The source knows its own remedy."""
    with pytest.raises(ApiError) as caught:
        ask(401, {"status": 401, "message": "Invalid token"})
    assert str(caught.value) == (
        'GET /v1/runner/1 answered 401, "Invalid token"; the token came from the test: replace it.'
    )


def test_a_challenge_page_is_not_a_matter_of_the_plan() -> None:
    """A firewall before the API has refused the request; the account has nothing to do with it."""
    page = b"<!DOCTYPE html><html><title>Just a moment...</title>"
    for status in (401, 403):
        with pytest.raises(ApiError, match=r"an HTML page titled 'Just a moment\.\.\.'") as caught:
            ask(status, page)
        assert "firewall or a bot check" in caught.value.advice
    with pytest.raises(ApiError) as caught:
        ask(403, {"status": 403, "message": "Runner limit exceeded for your tier"})
    assert "change the plan" in caught.value.advice


def test_an_error_in_another_format_is_shown_without_secrets() -> None:
    """All of its texts, each behind the path to it, on one short line."""
    body = {"error": {"code": 17, "detail": 'say "hidden-value"', "more": [None, "x\ny"]}}
    with pytest.raises(ApiError) as caught:
        ask(400, body)
    shown = 'error.code: 17, error.detail: say "[secret]", error.more: x y'
    assert caught.value.message == shown
    with pytest.raises(ApiError) as caught:
        ask(400, {"errors": ["x" * 1000] * 1000})
    assert len(caught.value.message) < 320
    with pytest.raises(ApiError) as caught:
        ask(400, {TOKEN: [TOKEN], "a": {"b": {"c": TOKEN}}})
    assert TOKEN not in caught.value.message


def test_no_part_of_a_secret_is_left_where_a_text_is_cut() -> None:
    """It is hidden before the text is shortened."""
    for body in (
        {"status": 400, "message": "x" * 295 + " hidden-value"},
        ("<html><title>" + "x" * 295 + " hidden-value</title>").encode(),
    ):
        with pytest.raises(ApiError) as caught:
            ask(400, body)
        assert "hidden" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (409, "in conflict with another object"),
        (410, "was removed"),
        (413, "at most 50 MB"),
        (422, "correct what the message names"),
        (407, "HTTPS_PROXY"),
        (308, "set the API URL (from the default) to the final address"),
        (418, "report it"),
    ],
)
def test_every_status_has_an_advice_that_fits(status: int, advice: str) -> None:
    """Also those that are not documented."""
    with pytest.raises(ApiError) as caught:
        ask(status, {"status": status, "message": "no"})
    assert advice in caught.value.advice


@pytest.mark.parametrize("path", ["/v1/runner", "/v1/runner/1"])
@pytest.mark.parametrize("content", ["no", b"", b"{}", b"<html>", b"\xff"])
def test_every_answer_has_an_advice(path: str, content: str | bytes) -> None:
    """Any status and body gets advice, which refers to a message only where there is one."""
    for status in range(300, 600):
        body = content if isinstance(content, bytes) else {"status": status, "message": content}
        with pytest.raises(ApiError) as caught:
            ask(status, body, Request("GET", path))
        assert caught.value.advice, status
        assert isinstance(content, str) or content == b"{}" or "names" not in caught.value.advice


def test_a_404_says_what_is_missing() -> None:
    """The advice of a 404 tells a missing object from an address that is no API's."""
    body = {"status": 404, "message": "requested entity not found"}
    with pytest.raises(NotFound, match="another account's: read the object again"):
        ask(404, body)
    with pytest.raises(NotFound, match="is the address of the API"):
        ask(404, body, Request("POST", "/v1/runner"))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("-1", 0),
        ("9999", 60),
        ("nan", 0),
        ("soon", 0),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 30),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float) -> None:
    """Seconds or a date, at most a minute; nonsense is nothing."""
    assert retry_after(Reply(503, {"Retry-After": value}, b""), 0.0) == seconds


def test_a_429_closes_for_ten_seconds_at_least() -> None:
    """The documented cool-down; a longer Retry-After wins (A2)."""
    with pytest.raises(RateLimited) as caught:
        ask(429, b"<html><title>Error 1015</title>", **{"Retry-After": "3"})
    assert caught.value.cool_down == 10
    with pytest.raises(RateLimited) as caught:
        ask(429, b"", **{"Retry-After": "33"})
    assert caught.value.cool_down == 33
