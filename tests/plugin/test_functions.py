"""The functions of the native plugin."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.plugin import wire

from .conftest import Plugin, failure, struct

HEADERS = {"X-Key": "hidden-value"}


def invoke(plugin: Plugin, function: str, **arguments: Any) -> dict[str, Any]:
    """Call a function."""
    answer = plugin.stub.Invoke(_request(function, arguments))
    assert wire.secret_names(getattr(answer, "return")) == set()
    return wire.decode(getattr(answer, "return"))


def _request(function: str, arguments: dict[str, Any]) -> Any:
    token = f"comfycontrol:index:{function}"
    return provider_pb2.InvokeRequest(tok=token, args=struct(arguments))


def test_a_runner_by_id_and_by_name(plugin: Plugin, emulator: Emulator) -> None:
    """Without its headers: one secret would make the whole result secret."""
    row = emulator.runners.seed(name="GPU", headers=HEADERS)
    found = invoke(plugin, "getRunner", id=row["id"])
    assert found == invoke(plugin, "getRunner", name="GPU")
    assert (found["id"], found["userId"]) == (row["id"], row["user_id"])
    assert "headers" not in found


def test_lists_are_returned_under_their_name(plugin: Plugin, emulator: Emulator) -> None:
    """With the filters of the functions in Python."""
    emulator.runners.seed(name="GPU 1", tags=["a", "b"], headers=HEADERS)
    emulator.runners.seed(name="CPU", tags=["a"])
    emulator.templates.seed(name="T")
    found = invoke(plugin, "getRunners", tags=["a"], name="GPU*", status="active")["runners"]
    assert [one["name"] for one in found] == ["GPU 1"]
    assert [one["name"] for one in invoke(plugin, "getTemplates")["templates"]] == ["T"]
    assert "managedRunners" in invoke(plugin, "getManagedRunners")


def test_the_user_and_a_template(plugin: Plugin, emulator: Emulator) -> None:
    """Names are camelCase, also those of inner maps."""
    row = emulator.templates.seed(name="T")
    assert invoke(plugin, "getUser")["id"] == row["user_id"]
    assert invoke(plugin, "getTemplate", name="T")["createdAt"] == row["created_at"]
    runner = emulator.runners.seed(name="GPU")
    assert "ramTotal" in invoke(plugin, "getRunnerStats", id=runner["id"])["system"]


@pytest.mark.parametrize(
    ("function", "arguments", "text"),
    [
        ("getRunner", {}, "The function getRunner failed: a runner is looked up by id or by name"),
        ("getRunner", {"id": 5}, "The function getRunner failed: id must be a string"),
        (
            "getUser",
            {"id": "x"},
            "The function getUser failed: id is not an argument; leave it out",
        ),
        ("getNope", {}, "The plugin has no function comfycontrol:index:getNope; take one of "),
    ],
)
def test_a_wrong_call_is_one_sentence(
    plugin: Plugin, function: str, arguments: dict[str, Any], text: str
) -> None:
    """It names the function and what is wrong with the arguments."""
    assert failure(plugin.stub.Invoke, _request(function, arguments)).startswith(text)
