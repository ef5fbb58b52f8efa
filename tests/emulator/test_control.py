"""The control API takes nothing that the API or the page could not show later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state.settings import Settings
from tests.fakes import FakeClock

from .api import RUNNER, Api, error_of

PAGES = ("/", "/v1/runner", "/v1/template", "/v1/managed-runner", "/v1/user", "/emulator/requests")
HALF = "\ud83d"
LIMITS = {"runners": 1, "templates": 1}
TIERS = ("free", "pro", "plus", "enterprise")


def each_tier(value: Any) -> dict[str, Any]:
    """The same for every tier."""
    return dict.fromkeys(TIERS, value)


def refuse(api: Api, method: str, path: str, body: Any) -> str:
    """Send nonsense, which is answered with 400; return the sentence."""
    status, sentence = error_of(api.send(method, path, json=body))
    assert status == 400
    return sentence


@pytest.mark.parametrize("kind", ["runners", "templates", "managed-runners"])
@pytest.mark.parametrize(
    "fields",
    [
        {"id": {}},
        {"id": None},
        {"name": 5},
        {"name": HALF},
        {"tags": 5},
        {"tags": {"a": "b"}},
        {"tags": [None]},
        {"headers": ["a"]},
        {"headers": {"a": 1}},
        {"status": ["active"]},
        {"created_at": 2024},
        {"reachable": "no"},
        {"runner_type": []},
        {"body": 5},
        {"body": "[]"},
        {"nobody": "knows"},
    ],
    ids=str,
)
def test_a_field_of_a_wrong_type_is_refused(
    emulator: Emulator, api: Api, kind: str, fields: dict[str, Any]
) -> None:
    """In a new object and in a change; nothing is stored, and everything can still be read."""
    known = {
        "runners": emulator.runners.seed,
        "templates": emulator.templates.seed,
        "managed-runners": emulator.managed_runners.seed,
    }[kind]()
    before = api.get(f"/emulator/{kind}")
    refuse(api, "POST", f"/emulator/{kind}", fields)
    refuse(api, "POST", f"/emulator/{kind}", [{}, fields])
    refuse(api, "PUT", f"/emulator/{kind}/{known['id']}", fields)
    assert api.get(f"/emulator/{kind}") == before
    for page in PAGES:
        assert api.send("GET", page).status_code == 200


def test_a_sentence_says_what_a_field_must_be(api: Api) -> None:
    """The message for a value of a wrong type names the field's type in words."""
    for fields, sentence in (
        ({"tags": 5}, "tags must be a list of strings"),
        ({"headers": []}, "headers must be an object of strings"),
        ({"reachable": 1}, "reachable must be true or false"),
        ({"name": None}, "name must be a string"),
    ):
        assert refuse(api, "POST", "/emulator/runners", fields) == sentence


def test_an_id_stays_as_it_is(emulator: Emulator, api: Api) -> None:
    """A change that names another id would be one of another object."""
    one, two = emulator.runners.seed_many({"name": "one"}, {"name": "two"})
    body = {"id": two["id"], "name": "changed"}
    sentence = refuse(api, "PUT", f"/emulator/runners/{one['id']}", body)
    assert sentence == "the id of an object can't be changed"
    assert [runner["name"] for runner in emulator.runners.all()] == ["two", "one"]
    same = api.send("PUT", f"/emulator/runners/{one['id']}", json=body | {"id": one["id"]})
    assert same.json()["name"] == "changed"


@pytest.mark.parametrize(
    "change",
    [
        {"tier_limits": each_tier(5)},
        {"tier_limits": each_tier({"runners": 1})},
        {"tier_limits": each_tier(LIMITS | {"runners": "1"})},
        {"tier_limits": each_tier(LIMITS | {"runners": True})},
        {"tier_limits": each_tier(LIMITS | {"templates": -1})},
        {"tier_limits": {"free": LIMITS}},
        {"managed_visible": each_tier("pro")},
        {"managed_visible": each_tier([["pro"]])},
        {"latency": 1e300},
        {"latency": 10**400},
        {"latency": -1},
        {"rate_window": 0},
        {"rate_requests": 1.5},
        {"rate_limit": 1},
        {"create_status": 204},
        {"tags": {}},
        {"nobody": "knows"},
    ],
    ids=str,
)
def test_a_setting_of_a_wrong_shape_is_refused(api: Api, change: dict[str, Any]) -> None:
    """With a sentence that names it; nothing of the change is done."""
    before = api.get("/emulator/settings")
    assert next(iter(change)) in refuse(api, "PATCH", "/emulator/settings", change)
    refuse(api, "PATCH", "/emulator/settings", {"extra_fields": True} | change)
    assert api.get("/emulator/settings") == before
    assert api.send("GET", "/v1/managed-runner").status_code == 200


def test_infinity_in_disguise_is_refused(api: Api) -> None:
    """JSON has no infinity, but 1e999 becomes one."""
    for path, name in (("settings", "latency"), ("clock", "advance"), ("clock", "multiplier")):
        method = "PATCH" if path == "settings" else "POST"
        answer = api.send(method, f"/emulator/{path}", data=f'{{"{name}": 1e999}}', headers=AS_JSON)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": {}},
        {"kind": "status", "path": 5},
        {"kind": "status", "method": None},
        {"kind": "status", "status": 200.5},
        {"kind": "status", "times": True},
        {"kind": "status", "message": {}},
        {"kind": "status", "retry_after": 5},
        {"kind": "status", "retry_after": "1\n2"},
        {"kind": "delay", "delay": 1e300},
        {"kind": "call", "function": 5},
        {"kind": "status", "nobody": "knows"},
    ],
    ids=str,
)
def test_a_fault_of_a_wrong_type_is_refused(api: Api, fault: dict[str, Any]) -> None:
    """It would hit the next request to /v1, and not as it was meant."""
    refuse(api, "POST", "/emulator/faults", fault)
    assert api.get("/v1/user")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("reset", {"what": [[]]}),
        ("reset", {"what": "requests"}),
        ("tokens", {"add": 5}),
        ("tokens", {"expire": HALF}),
        ("clock", {"advance": 10**400}),
        ("clock", {"advance": 1e12}),
        ("clock", {"multiplier": 1e300}),
    ],
)
def test_other_nonsense_is_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    """Parts, tokens and times, each with a sentence."""
    assert refuse(api, "POST", f"/emulator/{path}", body)
    assert api.send("GET", "/").status_code == 200


def test_time_ends_with_the_calendar() -> None:
    """A clock that runs too fast stops there, and answers still have a date."""
    source = FakeClock()
    with Emulator(clock=source) as emulator, Api(emulator.url) as api:
        emulator.clock.multiplier = 1_000_000
        source.now += 1e9
        assert api.create()["created_at"] == "9999-12-31T00:00:00Z"


def test_half_a_character_comes_back_as_such(api: Api) -> None:
    """The API takes what JSON can express, and so does the control API that the page reads."""
    api.create(name=HALF)
    assert api.get("/emulator/runners")[0]["name"] == HALF


def test_requests_can_be_asked_for_from_a_number_on(api: Api) -> None:
    """The page asks for the new ones only."""
    for _ in range(3):
        api.get("/v1/user")
    assert [one["number"] for one in api.get("/emulator/requests", after=1)] == [2, 3]
    assert api.get("/emulator/requests", after=9) == []
    assert api.send("GET", "/emulator/requests", params={"after": "-1"}).status_code == 400


def test_the_environment_leads_to_the_emulator(emulator: Emulator, api: Api) -> None:
    """Both variables, as the page shows them to be copied."""
    assert api.get("/emulator/environment") == {
        "COMFYCONTROL_API_URL": emulator.url,
        "COMFYCONTROL_API_TOKEN": emulator.token,
    }


FIELDS = (
    *("id", "user_id", "name", "status", "endpoint", "tags", "headers", "created_at"),
    *("updated_at", "reachable", "description", "body", "runner_type"),
)
CHARACTERS = st.characters(exclude_categories=())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(CHARACTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
GOOD = st.sampled_from(
    ["", "x", "active", [], ["a"], {}, {"a": "b"}, True, "{}", '{"a": 1}', {"a": [1.5, None]}]
)
OBJECT = st.dictionaries(st.sampled_from(FIELDS), JSON | GOOD, max_size=6) | JSON
_LIMIT = st.none() | st.integers() | st.floats()
PER_TIER = (
    JSON
    | st.lists(st.sampled_from(["pro", "plus"]))
    | st.fixed_dictionaries({"runners": _LIMIT, "templates": _LIMIT})
)
SHAPED = ["tier_limits", "managed_visible"]
#: Without the one that would really be waited for.
PLAIN = sorted(Settings().as_json().keys() - {"latency", *SHAPED})
CHANGE = st.one_of(
    st.dictionaries(st.sampled_from(PLAIN), JSON | st.sampled_from([0, 0.0, True]), max_size=3),
    st.dictionaries(st.sampled_from(SHAPED), PER_TIER.map(each_tier), min_size=1),
    JSON,
)
AS_JSON = {"Content-Type": "application/json"}


def text_of(value: Any) -> str:
    """JSON as Python writes it, with NaN and Infinity, which requests would not send."""
    return json.dumps(value)


class Shared:
    """One emulator for all examples, and a client of it."""

    def __init__(self, emulator: Emulator, api: Api) -> None:
        self.emulator = emulator
        self.api = api

    def check(self) -> None:
        """Everything can still be read, and a runner be created."""
        for page in PAGES:
            assert self.api.send("GET", page).status_code < 500, page
        assert self.api.send("POST", "/v1/runner", json=RUNNER).status_code < 500


@pytest.fixture(scope="module")
def shared() -> Iterator[Shared]:
    """Hypothesis starts no fixture anew for each example."""
    with Emulator(rate_limit=False) as emulator, Api(emulator.url) as api:
        yield Shared(emulator, api)


@settings(deadline=None, max_examples=60)
@given(kind=st.sampled_from(["runners", "templates", "managed-runners"]), new=OBJECT, edit=OBJECT)
def test_whatever_objects_are_sent_everything_can_be_read(
    shared: Shared, kind: str, new: Any, edit: Any
) -> None:
    """Any JSON is stored or refused, and no later read fails."""
    shared.emulator.reset()
    path = f"/emulator/{kind}"
    known = shared.api.send("POST", path, json={}).json()["id"]
    for method, url, body in (("POST", path, new), ("PUT", f"{path}/{known}", edit)):
        answer = shared.api.send(method, url, data=text_of(body), headers=AS_JSON)
        assert answer.status_code in {200, 400}
        shared.check()


@settings(deadline=None, max_examples=60)
@given(change=CHANGE)
def test_whatever_settings_are_sent_everything_can_be_read(shared: Shared, change: Any) -> None:
    """Any JSON is taken or refused, and no later read fails."""
    shared.emulator.reset()
    shared.api.send("POST", "/emulator/runners", json={})
    answer = shared.api.send("PATCH", "/emulator/settings", data=text_of(change), headers=AS_JSON)
    assert answer.status_code in {200, 400}
    shared.check()
