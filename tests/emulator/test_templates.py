"""Templates as the documentation has them [docs: templates/*]."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import NOBODY, Api, error_of

#: A body that floats or a sorting parser would change.
EXACT = '{"z": 123456789012345678901234567890, "a": 1.10, "b": [1e400, -0, {"y": 1, "x": "é"}]}'


def test_create_answers_201_with_the_body(api: Api) -> None:
    """All documented fields are there, and nothing else."""
    answer = api.save({"1": {"class_type": "KSampler"}}, name="portrait", description="a face")
    template = answer.json()
    assert answer.status_code == 201
    assert template.keys() == {
        "id",
        "user_id",
        "name",
        "description",
        "body",
        "created_at",
        "updated_at",
    }
    assert template["body"] == {"1": {"class_type": "KSampler"}}
    assert api.get(f"/v1/template/{template['id']}") == template


def test_a_body_comes_back_as_it_was_spelled(api: Api) -> None:
    """Integers beyond 64 bits, the spelling of numbers and the order of keys stay."""
    created = api.save(EXACT, name="t", description="d")
    path = f"/v1/template/{created.json()['id']}"
    assert EXACT in created.text
    assert EXACT in api.send("GET", path).text
    assert EXACT in api.form("PUT", path, name="new").text


def test_a_server_that_sorts_keys_can_be_had(emulator: Emulator, api: Api) -> None:
    """Only the order of the keys differs."""
    emulator.settings.sort_template_keys = True
    text = api.save(EXACT, name="t", description="d").text
    ordered = '{"a": 1.10, "b": [1e400, -0, {"x": "\\u00e9", "y": 1}], '
    assert ordered + '"z": 123456789012345678901234567890}' in text


def test_the_list_has_no_bodies(api: Api) -> None:
    """Newest first, in pages, with the total."""
    names = [api.save(name=f"t{n}", description="d").json()["name"] for n in range(3)]
    page = api.get("/v1/template", per_page=2)
    assert [one["name"] for one in page["templates"]] == names[:0:-1]
    assert page["total"] == 3
    assert "body" not in page["templates"][0]
    assert api.send("GET", "/v1/template", params={"page": 0}).status_code == 400


@pytest.mark.parametrize("missing", ["name", "description", "body"])
def test_all_three_parts_are_required(api: Api, missing: str) -> None:
    """A create without one of them is 400."""
    parts: dict[str, Any] = {"name": "t", "description": "d", "body": "{}"}
    del parts[missing]
    answer = api.form("POST", "/v1/template", **parts)
    assert error_of(answer) == (400, f"{missing} is required")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"name": ""}, "name cannot be empty"),
        ({"name": "x" * 101}, "name must be at most 100 characters"),
        ({"description": ""}, "description cannot be empty"),
        ({"description": "x" * 501}, "description must be at most 500 characters"),
        ({"body": "{"}, "invalid JSON in body file"),
        ({"body": ""}, "invalid JSON in body file"),
        ({"body": "[]"}, "invalid JSON in body file"),
        ({"body": '{"a": NaN}'}, "invalid JSON in body file"),
        ({"body": b'{"a": "\xff"}'}, "invalid JSON in body file"),
    ],
)
def test_a_broken_rule_is_400_on_create_and_on_update(
    emulator: Emulator, api: Api, parts: dict[str, Any], message: str
) -> None:
    """A request that breaks a rule changes nothing."""
    good = {"name": "t", "description": "d", "body": "{}"}
    assert error_of(api.form("POST", "/v1/template", **(good | parts))) == (400, message)
    assert emulator.templates.all() == []
    template = emulator.templates.seed(**good)
    answer = api.form("PUT", f"/v1/template/{template['id']}", **parts)
    assert error_of(answer) == (400, message)
    assert emulator.templates.all() == [template]


def test_the_limits_of_a_template_are_allowed(api: Api) -> None:
    """A name of 100 characters and a description of 500."""
    answer = api.save(name="n" * 100, description="d" * 500)
    assert answer.status_code == 201


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_json_request_is_400(emulator: Emulator, api: Api, method: str) -> None:
    """The text of the page demands a form, whatever its sample says (A22)."""
    template = emulator.templates.seed()
    path = "/v1/template" if method == "POST" else f"/v1/template/{template['id']}"
    answer = api.send(method, path, json={"name": "t", "description": "d", "body": {}})
    assert error_of(answer) == (400, "request must be multipart/form-data")


def test_a_body_that_is_no_file_is_400(api: Api) -> None:
    """The part has to have a file name; which one does not matter (A23)."""
    parts = {"name": (None, "t"), "description": (None, "d"), "body": (None, "{}")}
    answer = api.send("POST", "/v1/template", files=parts)
    assert error_of(answer) == (400, "body must be a file")


def test_more_than_50_mb_are_400(api: Api) -> None:
    """413 is not among the documented answers (A9)."""
    answer = api.save("{}" + " " * 50 * 1024 * 1024, name="t", description="d")
    assert error_of(answer) == (400, "request is larger than 50 MB")


@pytest.mark.parametrize("change", [{"name": "new"}, {"description": "new"}, {"body": '{"b": 2}'}])
def test_update_is_partial(emulator: Emulator, api: Api, change: dict[str, Any]) -> None:
    """An absent part stays, and a body is replaced as a whole."""
    template = api.save({"a": 1}, name="old", description="old").json()
    emulator.clock.advance(5)
    path = f"/v1/template/{template['id']}"
    changed = api.form("PUT", path, **change).json()
    expected = change | ({"body": json.loads(change["body"])} if "body" in change else {})
    assert changed == template | expected | {"updated_at": changed["updated_at"]}
    assert changed["updated_at"] > template["updated_at"]
    assert api.get(path) == changed


def test_an_update_without_parts_changes_nothing(emulator: Emulator, api: Api) -> None:
    """Not even the time of the last change (A17)."""
    template = api.save(name="t", description="d").json()
    emulator.clock.advance(5)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    path = f"/v1/template/{template['id']}"
    assert api.send("PUT", path, data=b"--b--\r\n", headers=headers).json() == template


def test_delete_is_final(api: Api) -> None:
    """Afterwards the template is 404 everywhere (A28)."""
    path = f"/v1/template/{api.save(name='t', description='d').json()['id']}"
    answer = api.send("DELETE", path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.send("GET", path).status_code == 404
    assert api.form("PUT", path, name="t").status_code == 404
    assert api.send("DELETE", path).status_code == 404
    assert api.get("/v1/template")["total"] == 0


@pytest.mark.parametrize(("id_", "status"), [(NOBODY, 404), ("not-a-uuid", 400)])
def test_an_unknown_id_is_404_and_a_malformed_one_400(api: Api, id_: str, status: int) -> None:
    """As for runners."""
    for method in ("GET", "DELETE"):
        assert error_of(api.send(method, f"/v1/template/{id_}"))[0] == status


def test_the_id_of_a_runner_is_not_that_of_a_template(api: Api) -> None:
    """Kinds do not mix."""
    assert api.send("GET", f"/v1/template/{api.create()['id']}").status_code == 404
