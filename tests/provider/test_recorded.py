"""State that a released version wrote works with this one; the files in tests/recorded stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.state import NOTES_KEY

from .host import Host, plain

FILES = sorted((Path(__file__).parents[1] / "recorded").glob("*.json"))


class Recorded:
    """A resource in a recorded state, and its object at the emulator."""

    def __init__(self, file: Path, emulator: Emulator, host: Host) -> None:
        state = json.loads(file.read_text())
        self.id, self.urn = state["id"], state["urn"]
        self.inputs, self.outputs = _struct(state["inputs"]), _struct(state["outputs"])
        self.stub = host.stub
        self.emulator = emulator
        self.runner = "Runner" in state["type"]
        fields = {key: value for key, value in state["outputs"].items() if not key.startswith("__")}
        seed = emulator.runners.seed if self.runner else emulator.templates.seed
        names = ("name", "endpoint", "headers", "tags", "status", "description", "body")
        dates = ("created_at", "updated_at")
        seed(id=self.id, **{name: fields[name] for name in (*names, *dates) if name in fields})
        emulator.clear_requests()

    def objects(self) -> list[dict[str, Any]]:
        """The emulator's objects."""
        return self.emulator.runners.all() if self.runner else self.emulator.templates.all()


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def recorded(request: pytest.FixtureRequest, emulator: Emulator) -> Any:
    """Each recorded resource on a host of its own."""
    with Host(emulator) as host:
        yield Recorded(request.param, emulator, host)


def test_diff_of_the_same_program_is_empty(recorded: Recorded) -> None:
    """The program that made the state finds nothing to do."""
    assert _diff(recorded, recorded.inputs) == provider_pb2.DiffResponse.DIFF_NONE
    assert recorded.emulator.requests == []


def test_read_keeps_the_shape(recorded: Recorded) -> None:
    """A refresh finds nothing changed: every key is there with the same value."""
    answer = recorded.stub.Read(
        provider_pb2.ReadRequest(id=recorded.id, urn=recorded.urn, properties=recorded.outputs)
    )
    known, found = plain(recorded.outputs), plain(answer.properties)
    known.pop("user_id"), found.pop("user_id")  # the emulator's account has another id
    assert found.pop(NOTES_KEY)["set_fields"] == known["set_fields"]  # not shown by the CLI
    assert _open(found) == known
    assert _open(plain(answer.inputs)) == plain(recorded.inputs)


def test_update_and_delete_work(recorded: Recorded) -> None:
    """One field changes by one PUT; then the object is deleted."""
    news = Struct()
    news.CopyFrom(recorded.inputs)
    news["name"] = "Changed"
    assert _diff(recorded, news) == provider_pb2.DiffResponse.DIFF_UNKNOWN
    recorded.stub.Update(
        provider_pb2.UpdateRequest(
            id=recorded.id, urn=recorded.urn, olds=recorded.outputs, news=news
        )
    )
    assert [request.method for request in recorded.emulator.requests] == ["PUT"]
    assert recorded.objects()[0]["name"] == "Changed"
    recorded.stub.Delete(
        provider_pb2.DeleteRequest(id=recorded.id, urn=recorded.urn, properties=recorded.outputs)
    )
    assert recorded.objects() == []


def test_another_account_never_takes_it_for_gone(recorded: Recorded) -> None:
    """The recorded owner is not the token's: a 404 is not believed."""
    for object_ in recorded.objects():
        delete = (
            recorded.emulator.runners.delete
            if recorded.runner
            else recorded.emulator.templates.delete
        )
        delete(object_["id"])
    with pytest.raises(grpc.RpcError, match="belongs to another ComfyControl account"):
        recorded.stub.Read(
            provider_pb2.ReadRequest(id=recorded.id, urn=recorded.urn, properties=recorded.outputs)
        )


def _diff(recorded: Recorded, news: Struct) -> Any:
    request = provider_pb2.DiffRequest(
        id=recorded.id, urn=recorded.urn, olds=recorded.outputs, news=news
    )
    return recorded.stub.Diff(request).changes


def _struct(values: dict[str, Any]) -> Struct:
    message = Struct()
    message.update(values)
    return message


def _open(value: Any) -> Any:
    """Take secrets out of their wrapping."""
    if not isinstance(value, dict):
        return value
    if "4dabf18193072939515e22adb298388d" in value:
        return value["value"]
    return {key: _open(one) for key, one in value.items()}
