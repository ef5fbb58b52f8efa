"""Switches for other readings of the API, each tested by the provider's own requests."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock

from .api import NOBODY, RUNNER, Api, error_of


def listed(api: Api, **query: Any) -> Any:
    """The answer to a list of runners."""
    return api.get("/v1/runner", **query)


@pytest.mark.parametrize(
    ("switches", "empty", "one"),
    [
        ({}, {"runners": [], "total": 0}, {"runners": ["gpu"], "total": 1}),
        ({"list_empty": "null"}, {"runners": None, "total": 0}, {"runners": ["gpu"], "total": 1}),
        ({"list_form": "data"}, {"data": [], "total": 0}, {"data": ["gpu"], "total": 1}),
        ({"list_form": "bare"}, [], ["gpu"]),
        ({"list_form": "bare", "list_empty": "null"}, None, ["gpu"]),
        ({"list_total": "missing"}, {"runners": []}, {"runners": ["gpu"]}),
        ({"list_total": "text"}, {"runners": [], "total": "0"}, {"runners": ["gpu"], "total": "1"}),
    ],
    ids=str,
)
def test_a_list_may_have_another_form(
    emulator: Emulator, api: Api, switches: dict[str, Any], empty: Any, one: Any
) -> None:
    """The key, the form of no items and the type of the total vary (A15, A32)."""
    emulator.settings.change(switches)
    assert listed(api) == empty
    created = api.create()
    text = json.dumps(listed(api)).replace(json.dumps(created), '"gpu"')
    assert json.loads(text) == one


def test_a_total_may_count_the_page_only(emulator: Emulator, api: Api) -> None:
    """Then it says nothing of the further pages (A15)."""
    emulator.settings.list_total = "page"
    emulator.runners.seed_many(*[RUNNER] * 3)
    assert [listed(api, per_page=2, page=page)["total"] for page in (1, 2)] == [2, 1]


def test_a_page_may_be_capped(emulator: Emulator, api: Api) -> None:
    """A page has no more than the cap, and the next one goes on after it (A7)."""
    emulator.settings.list_page_cap = 2
    rows = emulator.runners.seed_many(*[RUNNER] * 5)
    pages = [listed(api, per_page=100, page=number) for number in (1, 2, 3)]
    assert [len(page["runners"]) for page in pages] == [2, 2, 1]
    assert {page["total"] for page in pages} == {5}
    assert {one["id"] for page in pages for one in page["runners"]} == {row["id"] for row in rows}


@pytest.mark.parametrize("kind", ["runner", "managed-runner"])
def test_a_list_may_be_oldest_first(emulator: Emulator, api: Api, kind: str) -> None:
    """The reverse of the documented order (A8)."""
    emulator.runners.seed_many({"name": "old"}, {"name": "new"})
    documented = api.get(f"/v1/{kind}")["runners"]
    emulator.settings.list_order = "oldest"
    assert api.get(f"/v1/{kind}")["runners"] == documented[::-1]


def test_items_of_a_list_may_lack_fields(emulator: Emulator, api: Api) -> None:
    """A GET of the id has them (A32)."""
    emulator.settings.list_omits = ["headers", "tags"]
    runner = api.create(headers={"A": "b"})
    assert runner.keys() - listed(api)["runners"][0].keys() == {"headers", "tags"}
    assert api.get(f"/v1/runner/{runner['id']}")["headers"] == {"A": "b"}


@pytest.mark.parametrize(
    ("switches", "sent", "seen"),
    [
        ({"text": "trimmed"}, {"name": " a b "}, {"name": "a b"}),
        ({"text": "nfc"}, {"name": "e\u0301"}, {"name": "\u00e9"}),
        ({"tags": "lower"}, {"tags": ["B", "a"]}, {"tags": ["b", "a"]}),
        ({"tags": "added"}, {"tags": ["b"]}, {"tags": ["b", "auto"]}),
        ({"tags": "sorted"}, {"tags": ["b", "a", "b"]}, {"tags": ["a", "b"]}),
        ({"tags": "deduplicated"}, {"tags": ["b", "a", "b"]}, {"tags": ["b", "a"]}),
        ({"mask_headers": True}, {"headers": {"A": "b"}}, {"headers": {"A": "***"}}),
        ({"unknown_status": True}, {}, {"status": "online"}),
        (
            {"normalize_endpoint": True},
            {"endpoint": "http://u:P@EXAMPLE.com"},
            {"endpoint": "http://u:P@example.com/"},
        ),
        (
            {"endpoint_path": "no-slash"},
            {"endpoint": "http://x/a/?q=/"},
            {"endpoint": "http://x/a?q=/"},
        ),
        ({"endpoint_path": "slash"}, {"endpoint": "http://X/a"}, {"endpoint": "http://X/a/"}),
        (
            {"endpoint_path": "resolved"},
            {"endpoint": "http://x/a/../b/"},
            {"endpoint": "http://x/b/"},
        ),
        ({"endpoint_path": "resolved"}, {"endpoint": "http://x"}, {"endpoint": "http://x"}),
    ],
    ids=str,
)
def test_a_server_may_keep_another_form_of_a_value(
    emulator: Emulator, api: Api, switches: dict[str, Any], sent: dict[str, Any], seen: Any
) -> None:
    """After a create and after an update, in the answer, by id and in lists (A11, A14, A36)."""
    plain = api.create()
    emulator.settings.change(switches)
    for runner in (api.create(**sent), api.put(plain, **sent)):
        assert {name: runner[name] for name in seen} == seen
        assert api.get(f"/v1/runner/{runner['id']}") == runner
        assert runner in listed(api)["runners"]


def test_numbers_of_a_template_may_become_doubles(emulator: Emulator, api: Api) -> None:
    """Integers lose what a double can't hold; what overflows stays (A36)."""
    emulator.settings.template_numbers = "doubles"
    text = api.save('{"a": 8, "b": [12345678901234567890, 1e400]}', name="t", description="d").text
    assert '{"a": 8.0, "b": [1.2345678901234567e+19, 1e400]}' in text


def test_a_description_may_be_trimmed(emulator: Emulator, api: Api) -> None:
    """The texts of a template are treated as those of a runner (A14)."""
    emulator.settings.text = "trimmed"
    assert api.save(name=" t ", description=" d ").json()["description"] == "d"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("object", {"name": "new", "tags": ["a"]}),
        ("stale", {"name": "gpu", "tags": ["a"]}),
        ("thin", {}),
    ],
)
def test_a_put_may_answer_otherwise(
    emulator: Emulator, api: Api, form: str, expected: dict[str, Any]
) -> None:
    """A PUT is carried out whatever the form of its answer (A33)."""
    runner = api.create(tags=["a"])
    emulator.settings.put_answer = form
    answer = api.put(runner, name="new")
    assert {name: answer.get(name) for name in expected} == expected
    assert (answer.keys() == {"id"}) == (form == "thin")
    assert api.get(f"/v1/runner/{runner['id']}")["name"] == "new"


def test_a_put_may_answer_nothing(emulator: Emulator, api: Api) -> None:
    """200 without a body (A33)."""
    runner = api.create()
    emulator.settings.put_answer = "empty"
    answer = api.send("PUT", f"/v1/runner/{runner['id']}", json={"name": "new"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert emulator.runners.all()[0]["name"] == "new"


def test_a_put_may_want_all_fields(emulator: Emulator, api: Api) -> None:
    """Without one of them nothing is changed (A16)."""
    emulator.settings.put_requires_all = True
    runner = api.create()
    path = f"/v1/runner/{runner['id']}"
    whole = {"name": "new", "endpoint": "http://x", "headers": {}, "tags": [], "status": "active"}
    part = {name: value for name, value in whole.items() if name != "tags"}
    assert error_of(api.send("PUT", path, json=part)) == (400, "tags is required")
    assert emulator.runners.all() == [runner]
    assert api.put(runner, **whole)["name"] == "new"
    template = emulator.templates.seed(name="t", description="d")
    assert api.form("PUT", f"/v1/template/{template['id']}", name="new").status_code == 400


def test_a_put_may_ignore_what_is_empty(emulator: Emulator, api: Api) -> None:
    """Headers and tags then can't be removed (A16)."""
    emulator.settings.put_ignores_empty = True
    runner = api.create(headers={"A": "b"}, tags=["a"])
    changed = api.put(runner, headers={}, tags=[], name="new")
    assert (changed["headers"], changed["tags"], changed["name"]) == ({"A": "b"}, ["a"], "new")


@pytest.mark.parametrize("mode", ["405", "501"])
def test_delete_may_not_be_a_method(emulator: Emulator, api: Api, mode: str) -> None:
    """405 and 501 keep the object and name the methods that there are (A28)."""
    emulator.settings.delete = mode
    path = f"/v1/runner/{api.create()['id']}"
    answer = api.send("DELETE", path)
    assert error_of(answer)[0] == int(mode)
    assert "GET" in answer.headers["Allow"]
    assert api.send("GET", path).status_code == 200


def test_a_removed_object_may_be_410(emulator: Emulator, api: Api) -> None:
    """For every method, also when removed in the dashboard; what never was stays 404 (A28)."""
    emulator.settings.delete = "410"
    one, two = api.create(), api.create()
    assert api.send("DELETE", f"/v1/runner/{one['id']}").status_code == 200
    emulator.runners.delete(two["id"])
    for runner in (one, two):
        path = f"/v1/runner/{runner['id']}"
        answers = [api.send(method, path, json={}) for method in ("GET", "PUT", "DELETE")]
        assert [error_of(answer)[0] for answer in answers] == [410] * 3
    assert api.send("GET", f"/v1/runner/{NOBODY}").status_code == 404
    assert listed(api)["total"] == 0


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("documented", b'{"message":'),
        ("error-object", b'{"error":'),
        ("html", b"<!doctype"),
        ("empty", b""),
    ],
)
def test_a_404_may_have_another_body(emulator: Emulator, api: Api, form: str, start: bytes) -> None:
    """The 404 for an unknown id has another body and the same status (A35)."""
    emulator.settings.not_found_body = form
    answer = api.send("GET", f"/v1/runner/{NOBODY}")
    assert answer.status_code == 404
    assert answer.content.replace(b'{"status":404,', b"{").startswith(start)
    assert bool(answer.content) == bool(start)


def test_ids_may_be_numbers(emulator: Emulator, api: Api) -> None:
    """In JSON; a path has the same digits (A6)."""
    emulator.settings.ids = "integer"
    runner = api.create()
    assert isinstance(runner["id"], int)
    assert api.get(f"/v1/runner/{runner['id']}") == runner
    assert api.put(runner, name="new")["name"] == "new"
    assert api.send("GET", "/v1/runner/x1").status_code == 400
    assert api.send("DELETE", f"/v1/runner/{runner['id']}").status_code == 200


def test_times_may_be_seconds(emulator: Emulator, api: Api) -> None:
    """Whole ones since 1970, unless times have fractions (A5)."""
    emulator.settings.times = "epoch"
    runner = api.create()
    assert isinstance(runner["created_at"], int)
    assert abs(runner["created_at"] - emulator.clock.time()) < 60


def test_a_new_object_may_lag() -> None:
    """A new object answers 404, or is absent from lists, until it has its age (A34)."""
    with Emulator(clock=FakeClock()) as emulator, Api(emulator.url) as api:
        emulator.settings.change({"create_lag_get": 2, "create_lag_list": 4})
        path = f"/v1/runner/{api.create()['id']}"
        seen = []
        for _ in range(3):
            seen.append((api.send("GET", path).status_code, listed(api)["total"]))
            emulator.clock.advance(2)
        assert seen == [(404, 0), (200, 0), (200, 1)]


def test_a_proxy_may_want_to_see_a_browser(emulator: Emulator, api: Api) -> None:
    """Every request gets a 403 with an HTML page, and none is carried out (A35)."""
    emulator.settings.challenge = True
    answer = api.send("POST", "/v1/runner", json=RUNNER)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        403,
        "text/html; charset=utf-8",
    )
    assert emulator.runners.all() == []


def test_a_dropped_request_may_be_carried_out_late() -> None:
    """Once, when its delay is over, as seen by the next request and by the dashboard."""
    with Emulator(clock=FakeClock()) as emulator, Api(emulator.url) as api:
        emulator.fault("drop_late", "POST", "/v1/runner", delay=5)
        with pytest.raises(requests.ConnectionError):
            api.send("POST", "/v1/runner", json=RUNNER)
        emulator.clock.advance(4)
        assert (listed(api)["total"], emulator.runners.all()) == (0, [])
        emulator.clock.advance(1)
        assert listed(api)["total"] == 1
        assert len(emulator.runners.all()) == 1
        assert [one.method for one in emulator.requests] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("offset", [-90, 90])
def test_times_of_objects_may_differ_from_the_date(offset: float) -> None:
    """A server may take them from another clock than the header Date (A5)."""
    with Emulator(clock=FakeClock()) as emulator, Api(emulator.url) as api:
        emulator.settings.time_offset = offset
        answer = api.send("POST", "/v1/runner", json=RUNNER)
        created = datetime.fromisoformat(answer.json()["created_at"])
        assert (created - parsedate_to_datetime(answer.headers["Date"])).total_seconds() == offset
