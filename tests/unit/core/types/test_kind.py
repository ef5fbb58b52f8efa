"""Kinds: equality, secrets and fingerprints."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.core.types.kind import Field, Kind
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.core.types.template import TEMPLATE

MACHINE = {"name": "GPU", "endpoint": "https://comfy.example.com"}
FULL = {"headers": {"Authorization": "Bearer abc123", "x-key": "abc"}, "tags": ["b", "a"]}
URL = "HTTPS://robot:hunter2@Comfy.example.com:443?key=abc"


def test_every_kind_is_registered_under_its_label() -> None:
    """The registry is what generic code walks."""
    assert list(KINDS) == ["runner", "template"]
    assert all(kind.label == label for label, kind in KINDS.items())


@pytest.mark.parametrize(
    ("kind", "values", "fingerprint"),
    [
        (RUNNER, {}, "b206f032b8d7ba9a799a807d1ec6dbe9c7cbe289a19033f6858fc45ff7854a37"),
        (
            RUNNER,
            FULL | {"status": "disabled"},
            "7963efcf791b4fa4e5aacaa03a0acae52b67293c1bde2021c2fe30746a1c07db",
        ),
        (
            RUNNER,
            {"endpoint": URL, "name": "robot 1"},
            "148bef5d54cdf3c882d2ad59a1bbe43f9175726f83e9af85777d1efe85fa2d94",
        ),
        (
            RUNNER,
            {"headers": {}, "tags": []},
            "b206f032b8d7ba9a799a807d1ec6dbe9c7cbe289a19033f6858fc45ff7854a37",
        ),
        (
            TEMPLATE,
            {"description": "A face", "body": '{"1": {"b": 1.0, "a": null}}', "name": "Portrait"},
            "8d3ac57e287fa4e657d99348dfe91ab965f0924fc1d61783f63df10ccf1ef7b4",
        ),
    ],
    ids=["minimal", "full", "credentials", "empty", "template"],
)
def test_a_fingerprint_never_changes(kind: Kind, values: dict[str, Any], fingerprint: str) -> None:
    """Journals on users' disks have those of version 0.1.0."""
    assert kind.fingerprint((MACHINE if kind is RUNNER else {}) | values) == fingerprint


def test_a_fingerprint_has_no_secret_value() -> None:
    """A changed header value or password, alone or in another field, leaves the fingerprint."""
    one = RUNNER.fingerprint(MACHINE | FULL)
    other = {"Authorization": "Bearer xyz", "X-Key": "0"}
    assert RUNNER.fingerprint(MACHINE | FULL | {"headers": other}) == one
    passwords = [MACHINE | {"endpoint": f"https://robot:{word}@x"} for word in ("one", "two")]
    assert len({RUNNER.fingerprint(values) for values in passwords}) == 1


@pytest.mark.parametrize("values", [("hunter2", "2retnuh"), ("hunter2", "another")])
def test_a_secret_that_is_a_string_is_not_in_the_fingerprint(values: tuple[str, str]) -> None:
    """Only whether there is one counts: a string's characters are not names, as a map's are."""
    password = Field(lambda value: value, lambda _value: (), secret=True, default="")
    kind = dataclasses.replace(RUNNER, fields={**RUNNER.fields, "password": password})
    prints = [kind.fingerprint(MACHINE | {"password": value}) for value in values]
    assert prints[0] == prints[1]
    assert prints[0] != kind.fingerprint(MACHINE)


@pytest.mark.parametrize(
    ("endpoint", "parts"),
    [
        ("https://x?key=a%20b", {"a%20b", "a b"}),
        ("https://x?abc&k=&key=d", {"abc", "k", "d"}),
        ("https://robot:pw@x", {"robot:pw", "pw", "robot"}),
        ("https://x/path#fragment", set()),
        ("https://[", set()),
        (5, set()),
    ],
)
def test_the_secret_parts_of_an_endpoint(endpoint: Any, parts: set[str]) -> None:
    """User and password, and each value of the query: any of them may be a key."""
    assert set(RUNNER.secrets({"endpoint": endpoint})) == parts
    assert RUNNER.is_secret("endpoint", endpoint) is bool(parts)


def test_a_list_item_that_lacks_a_field_is_no_record() -> None:
    """A missing field need not have its default; null is a value, that of an empty field."""
    item = MACHINE | {"id": "1", "headers": None, "tags": [], "status": "active"}
    assert RUNNER.from_list(item, {}) is not None
    for name in RUNNER.fields:
        thin = {key: value for key, value in item.items() if key != name}
        assert RUNNER.from_list(thin, {}) is None
    assert RUNNER.from_list(item | {"tags": "gpu"}, {}) is None
