"""The provider in Pulumi's own Python host, over gRPC."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from importlib.metadata import version

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.emulator import Emulator

from .engine import DETAILS, init_failed
from .host import URN, Host, plain, struct

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}


@pytest.fixture
def host(emulator: Emulator) -> Iterator[Host]:
    """A host process that is configured for the emulator."""
    with Host(emulator) as one:
        yield one


def test_create_returns_every_output(host: Host, emulator: Emulator) -> None:
    """The id and all properties travel; headers as a secret."""
    id_, properties = host.create("gpu", **VALUES)
    [runner] = emulator.runners.all()
    outputs = plain(properties)
    assert id_ == runner["id"]
    assert outputs["created_at"] == runner["created_at"]
    assert outputs["headers"]["4dabf18193072939515e22adb298388d"]
    assert outputs["__comfycontrol"]["set_fields"] == ["endpoint", "headers", "name"]


def test_check_never_shows_a_header(host: Host, emulator: Emulator) -> None:
    """The engine prints the value of a failure's property, so no failure names one."""
    news = struct(**{**VALUES, "headers": {"A": "hidden\nvalue"}, "name": 5})
    answer = host.stub.Check(provider_pb2.CheckRequest(urn=URN + "gpu", news=news))
    assert {(failure.property, failure.reason) for failure in answer.failures} == {
        ("", "name must be a string, but it is the number 5"),
        ("", "headers['A'] must not have control characters such as a line break"),
    }
    assert emulator.requests == []


def test_read_of_a_gone_runner_is_empty_and_of_a_refused_one_an_error(
    host: Host, emulator: Emulator
) -> None:
    """Only the documented 404 empties the state."""
    id_, known = host.create("gpu", **VALUES)
    emulator.fault("status", "GET", status=403, message="no")
    with pytest.raises(grpc.RpcError) as caught:
        host.read("gpu", id_, known)
    text = caught.value.details()
    assert text.startswith("Reading runner 'gpu' failed: GET /v1/runner/")
    assert "Traceback" not in text
    emulator.runners.delete(id_)
    assert host.read("gpu", id_, known)[0] == ""


def test_a_failed_follow_up_keeps_the_object(host: Host, emulator: Emulator) -> None:
    """The id travels in Pulumi's ErrorResourceInitFailed."""
    emulator.fault("status", "PUT", status=403, message="no")
    with pytest.raises(grpc.RpcError) as caught:
        host.create("gpu", **VALUES, status="disabled")
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    assert emulator.runners.all()[0]["id"].encode() in details


def test_a_bug_keeps_its_traceback(host: Host) -> None:
    """Only our own errors are shortened; before 3.260, the SDK itself showed the message alone."""
    sdk = tuple(map(int, version("pulumi").split(".")[:2]))
    properties = struct(**VALUES)
    properties["__provider"] = base64.b64encode(b"nonsense").decode()
    shown = "Traceback" if sdk >= (3, 260) else "invalid load key"
    with pytest.raises(grpc.RpcError, match=shown):
        host.stub.Create(provider_pb2.CreateRequest(urn=URN + "gpu", properties=properties))


def test_a_bug_in_the_provider_keeps_its_traceback(host: Host) -> None:
    """On every SDK: a report of the bug needs the lines."""
    id_, known = host.create("gpu", **VALUES)
    known["__comfycontrol"]["set_fields"] = ["nonsense"]
    with pytest.raises(grpc.RpcError, match=r"Traceback(.|\n)*KeyError"):
        host.read("gpu", id_, known)


def test_a_renamed_resource_that_adopts_its_object_keeps_it(host: Host, emulator: Emulator) -> None:
    """The deletion of the former name, which the engine asks for last, leaves the object alone."""
    id_, known = host.create("old", **VALUES)
    with Host(emulator) as next_run:
        adopted, _ = next_run.create("new", **VALUES, **{"import-id": id_})
        next_run.delete("old", id_, known)
    assert [row["id"] for row in emulator.runners.all()] == [adopted] == [id_]


def test_a_removal_that_failed_is_not_forgotten(emulator: Emulator) -> None:
    """A field that the program no longer sets stays on record until a PUT has removed it."""
    emulator.fault("drop_after", "POST")
    emulator.fault("status", "GET", times=None, status=500)
    with Host(emulator, COMFYCONTROL_OPERATION_TIMEOUT="1") as host, pytest.raises(grpc.RpcError):
        host.create("gpu", **VALUES)
    emulator.clear_faults()
    bare = {name: value for name, value in VALUES.items() if name != "headers"}
    emulator.fault("status", "PUT", status=403, message="no")
    with Host(emulator) as host:
        with pytest.raises(grpc.RpcError) as caught:
            host.create("gpu", **bare)
        kept = init_failed(dict(caught.value.trailing_metadata())[DETAILS])
        assert kept is not None
        assert emulator.runners.all()[0]["headers"]
        known = host.update("gpu", kept.id, kept.properties, **bare)
        [row] = emulator.runners.all()
        assert (row["id"], row["headers"]) == (kept.id, {})
        assert host.diff("gpu", kept.id, known, **bare).changes == 1  # none
