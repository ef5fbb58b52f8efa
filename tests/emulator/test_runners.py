"""Runners as the documentation has them [docs: runners/*]."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.client import deletion_marker
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state.settings import CHOICES

from .api import NOBODY, RUNNER, Api, error_of


def test_create_answers_201_with_the_whole_runner(api: Api) -> None:
    """Absent headers and tags come back empty, and a new runner is active."""
    answer = api.send("POST", "/v1/runner", json=RUNNER)
    runner = answer.json()
    assert answer.status_code == 201
    assert uuid.UUID(runner["id"]).version == 4
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", runner["created_at"])
    assert runner == RUNNER | {
        "id": runner["id"],
        "user_id": api.get("/v1/user")["id"],
        "status": "active",
        "tags": [],
        "headers": {},
        "created_at": runner["created_at"],
        "updated_at": runner["created_at"],
    }


def test_all_fields_come_back_as_they_were_sent(api: Api) -> None:
    """Header values are in clear text, tags keep their order and duplicates (A11)."""
    sent: dict[str, Any] = {
        "name": " größe ✓ ",
        "endpoint": "HTTP://user:pw@Example.COM:8188/a/../b?c#d",
        "headers": {"Authorization": "Bearer x", "a": ""},
        "tags": ["b", "a", "b", "A"],
    }
    runner = api.create(**sent)
    assert {name: runner[name] for name in sent} == sent
    assert api.get(f"/v1/runner/{runner['id']}") == runner


def test_status_and_unknown_fields_are_ignored_on_create(api: Api) -> None:
    """New runners are always active (A10, A12)."""
    runner = api.create(status="disabled", colour="red", id="mine")
    assert runner["status"] == "active"
    assert runner["id"] != "mine"
    assert "colour" not in runner


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "name cannot be empty"),
        ({"name": "x" * 101}, "name must be at most 100 characters"),
        ({"name": 1}, "name must be a string"),
        ({"name": None}, "name must be a string"),
        ({"endpoint": "ftp://x"}, "invalid endpoint URL format"),
        ({"endpoint": "https://"}, "invalid endpoint URL format"),
        ({"endpoint": "gpu.example.com"}, "invalid endpoint URL format"),
        ({"endpoint": "http://a b"}, "invalid endpoint URL format"),
        ({"endpoint": "http://a\n"}, "invalid endpoint URL format"),
        ({"endpoint": "http://[::1"}, "invalid endpoint URL format"),
        ({"endpoint": "http://x:99999"}, "invalid endpoint URL format"),
        ({"endpoint": 8188}, "invalid endpoint URL format"),
        ({"headers": None}, "invalid headers format"),
        ({"headers": []}, "invalid headers format"),
        ({"headers": {"A": 1}}, "invalid headers format"),
        ({"tags": None}, "invalid tags format"),
        ({"tags": "a,b"}, "invalid tags format"),
        ({"tags": [1]}, "invalid tags format"),
        ({"tags": [""]}, "invalid tags format"),
        ({"tags": [str(n) for n in range(11)]}, "too many tags (max 10)"),
        ({"status": "paused"}, "invalid status value"),
        ({"status": None}, "invalid status value"),
        ({"status": []}, "invalid status value"),
    ],
)
def test_a_broken_rule_is_400_on_create_and_on_update(
    emulator: Emulator, api: Api, fields: dict[str, Any], message: str
) -> None:
    """Types are strict, null is no value (A14), and nothing is changed."""
    before = emulator.runners.all()
    assert error_of(api.send("POST", "/v1/runner", json=RUNNER | fields)) == (400, message)
    assert emulator.runners.all() == before
    runner = api.create()
    answer = api.send("PUT", f"/v1/runner/{runner['id']}", json=fields)
    assert error_of(answer) == (400, message)
    assert emulator.runners.all() == [runner]


@pytest.mark.parametrize("missing", ["name", "endpoint"])
def test_name_and_endpoint_are_required(api: Api, missing: str) -> None:
    """A create without one of them is 400."""
    body = {name: value for name, value in RUNNER.items() if name != missing}
    assert error_of(api.send("POST", "/v1/runner", json=body)) == (400, f"{missing} is required")


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"name": NaN}', "\xff", "[" * 100_000])
def test_a_body_that_is_no_json_object_is_400(api: Api, body: str) -> None:
    """Also what Python's parser would take, or stumble over."""
    answer = api.send("POST", "/v1/runner", data=body.encode("latin-1"))
    assert error_of(answer)[0] == 400


def test_the_limits_of_a_runner_are_allowed(api: Api) -> None:
    """A name of 100 code points, and 10 tags."""
    runner = api.create(name="ö" * 100, tags=[str(n) for n in range(10)])
    assert len(runner["name"]) == 100
    assert len(runner["tags"]) == 10


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(("id_", "status"), [(NOBODY, 404), ("not-a-uuid", 400)])
def test_an_unknown_id_is_404_and_a_malformed_one_400(
    api: Api, method: str, id_: str, status: int
) -> None:
    """For every method on one runner."""
    answer = api.send(method, f"/v1/runner/{id_}", json={} if method == "PUT" else None)
    messages = {404: "requested entity not found", 400: "invalid UUID format"}
    assert error_of(answer) == (status, messages[status])


def test_an_id_may_be_in_upper_case(api: Api) -> None:
    """A UUID has no case."""
    runner = api.create()
    assert api.get(f"/v1/runner/{runner['id'].upper()}") == runner


@pytest.mark.parametrize(
    "change",
    [
        {"name": "new"},
        {"endpoint": "http://new"},
        {"headers": {"B": "2"}},
        {"headers": {}},
        {"tags": ["new"]},
        {"tags": []},
        {"status": "disabled"},
    ],
)
def test_update_is_partial_and_replaces_a_field_as_a_whole(
    emulator: Emulator, api: Api, change: dict[str, Any]
) -> None:
    """An absent field stays; headers are not merged (A16)."""
    runner = api.create(headers={"A": "1"}, tags=["old"])
    emulator.clock.advance(5)
    changed = api.put(runner, **change)
    assert changed == runner | change | {"updated_at": changed["updated_at"]}
    assert changed["updated_at"] > runner["updated_at"]
    assert api.get(f"/v1/runner/{runner['id']}") == changed


def test_an_empty_update_changes_nothing(emulator: Emulator, api: Api) -> None:
    """Not even the time of the last change (A17)."""
    runner = api.create()
    emulator.clock.advance(5)
    assert api.put(runner) == runner


def test_delete_answers_200_without_a_body_and_is_final(api: Api) -> None:
    """Afterwards the runner is 404 everywhere, and gone from list and total (A28)."""
    runner = api.create()
    path = f"/v1/runner/{runner['id']}"
    answer = api.send("DELETE", path)
    assert (answer.status_code, answer.content) == (200, b"")
    for method in ("GET", "PUT", "DELETE"):
        assert api.send(method, path, json={}).status_code == 404
    assert api.get("/v1/runner") == {"runners": [], "total": 0}


def test_a_delayed_deletion_is_answered_202(emulator: Emulator, api: Api) -> None:
    """The runner stays in GET and list until the delay is over, which no second DELETE prolongs."""
    emulator.settings.change({"delete": "202-later", "delete_delay": 6.0})
    emulator.clock.multiplier = 0
    runner = api.create()
    path = f"/v1/runner/{runner['id']}"
    assert api.send("DELETE", path).status_code == 202
    emulator.clock.advance(5)
    assert api.send("DELETE", path).status_code == 202
    assert api.get("/v1/runner")["total"] == 1
    emulator.clock.advance(1)
    assert api.send("GET", path).status_code == 404
    assert api.get("/v1/runner")["total"] == 0


def test_a_soft_deletion_leaves_a_marker_in_get(emulator: Emulator, api: Api) -> None:
    """The list lacks the runner, GET shows it with deleted_at, and nothing can change it."""
    emulator.settings.change({"delete": "soft"})
    runner = api.create()
    path = f"/v1/runner/{runner['id']}"
    assert api.send("DELETE", path).status_code == 200
    assert api.get(path).keys() - runner.keys() == {"deleted_at"}
    assert api.get("/v1/runner") == {"runners": [], "total": 0}
    assert api.send("PUT", path, json={"name": "x"}).status_code == 404
    assert api.send("DELETE", path).status_code == 404


@pytest.mark.parametrize("name", CHOICES["delete_marker"])
def test_a_marker_is_one_that_the_core_knows(emulator: Emulator, api: Api, name: str) -> None:
    """The answer after a soft deletion has the field of the setting, with a value that marks."""
    emulator.settings.change({"delete": "soft", "delete_marker": name})
    path = f"/v1/runner/{api.create()['id']}"
    assert deletion_marker(api.get(path)) is None
    api.send("DELETE", path)
    assert deletion_marker(api.get(path)) == name


def test_the_list_is_newest_first_in_pages_of_ten(emulator: Emulator, api: Api) -> None:
    """Of runners of the same second the later one is first (A8)."""
    emulator.clock.multiplier = 0
    names = [api.create(name=f"r{n}")["name"] for n in range(8)]
    emulator.clock.advance(1)
    names += [api.create(name=f"r{n}")["name"] for n in range(8, 15)]
    first, second = api.get("/v1/runner"), api.get("/v1/runner", page=2)
    assert (len(first["runners"]), len(second["runners"])) == (10, 5)
    assert first["total"] == second["total"] == 15
    assert [one["name"] for one in first["runners"] + second["runners"]] == names[::-1]
    assert first["runners"][0].keys() >= {"headers", "tags", "endpoint", "user_id"}


def test_a_page_past_the_end_is_empty_with_the_true_total(api: Api) -> None:
    """It is no error (A7)."""
    api.create()
    assert api.get("/v1/runner", page=7, per_page=100) == {"runners": [], "total": 1}


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "9" * 5000])
def test_a_page_out_of_range_is_400(api: Api, name: str, value: str) -> None:
    """Numbers start at 1 (A7)."""
    assert error_of(api.send("GET", "/v1/runner", params={name: value})) == (400, f"invalid {name}")


def test_a_page_has_at_most_100(emulator: Emulator, api: Api) -> None:
    """A hundred and first is refused."""
    emulator.runners.seed_many(*[RUNNER] * 101)
    assert len(api.get("/v1/runner", per_page=100)["runners"]) == 100
    assert api.send("GET", "/v1/runner", params={"per_page": 101}).status_code == 400


def test_the_status_filter_also_filters_the_total(api: Api) -> None:
    """An unknown status is 400 (A15)."""
    off = api.create(name="off")
    api.create(name="on")
    off = api.put(off, status="disabled")
    assert api.get("/v1/runner", status="disabled") == {"runners": [off], "total": 1}
    assert api.get("/v1/runner", status="active")["total"] == 1
    assert api.send("GET", "/v1/runner", params={"status": "x"}).status_code == 400


def test_stats_have_64_bit_figures(api: Api) -> None:
    """Bytes of memory are more than 32 bits hold."""
    stats = api.get(f"/v1/runner/{api.create()['id']}/stats")
    assert stats.keys() == {"system", "devices", "dev_mode", "extensions"}
    assert stats["system"]["ram_total"] > 2**32
    assert stats["devices"][0]["vram_free"] > 2**32


def test_interrupt_answers_200_without_a_body(api: Api) -> None:
    """As the page says in so many words."""
    answer = api.send("POST", f"/v1/runner/{api.create()['id']}/interrupt")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_machine_out_of_reach_is_500(emulator: Emulator, api: Api) -> None:
    """Stats and interrupt ask the machine; reading the runner does not (A13)."""
    runner = api.create()
    emulator.runners.edit(runner["id"], reachable=False)
    path = f"/v1/runner/{runner['id']}"
    assert error_of(api.send("GET", f"{path}/stats"))[0] == 500
    assert error_of(api.send("POST", f"{path}/interrupt"))[0] == 500
    assert "reachable" not in api.get(path)
    assert api.send("GET", f"/v1/runner/{NOBODY}/stats").status_code == 404
