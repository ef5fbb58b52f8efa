"""The provider in Pulumi's own Python host, over gRPC."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.provider.runner import RunnerProvider

URN = "urn:pulumi:dev::test::pulumi-python:dynamic/comfycontrol:Runner::gpu"
VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}}


def struct(**values: Any) -> Struct:
    """Properties as the engine sends them."""
    message = Struct()
    message.update({**values, "__provider": serialize_provider(RunnerProvider())})
    return message


@pytest.fixture
def host(emulator: Emulator) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """A host process that is configured for the emulator."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        config = {"comfycontrol:apiUrl": emulator.url, "comfycontrol:apiToken": emulator.token}
        arguments = Struct()
        arguments.update(config)
        stub.Configure(provider_pb2.ConfigureRequest(args=arguments))
        yield stub
    process.kill()
    process.wait()
    process.stdout.close()


def create(host: Any) -> Any:
    """Create the runner of ``VALUES``."""
    return host.Create(provider_pb2.CreateRequest(urn=URN, properties=struct(**VALUES)))


def test_create_returns_every_output(host: Any, emulator: Emulator) -> None:
    """The id and all properties travel; headers as a secret."""
    answer = create(host)
    [runner] = emulator.runners()
    outputs = MessageToDict(answer.properties)
    assert answer.id == runner["id"]
    assert outputs["created_at"] == runner["created_at"]
    assert outputs["headers"]["4dabf18193072939515e22adb298388d"]
    assert outputs["set_fields"] == ["endpoint", "headers", "name"]


def test_check_never_shows_a_header(host: Any, emulator: Emulator) -> None:
    """The engine prints the value of a failure's property, so headers name none."""
    news = struct(**{**VALUES, "headers": {"A": "hidden\nvalue"}, "name": 5})
    answer = host.Check(provider_pb2.CheckRequest(urn=URN, news=news))
    found = {(failure.property, failure.reason) for failure in answer.failures}
    assert ("name", "name must be a string, but it is the number 5") in found
    assert [reason for property_, reason in found if not property_] == [
        "headers['A'] must not have control characters such as a line break"
    ]
    assert emulator.requests == []


def test_read_of_a_gone_runner_is_empty_and_of_a_refused_one_an_error(
    host: Any, emulator: Emulator
) -> None:
    """Only the documented 404 empties the state."""
    made = create(host)
    request = provider_pb2.ReadRequest(id=made.id, urn=URN, properties=made.properties)
    emulator.fault("status", "GET", status=403, message="no")
    with pytest.raises(grpc.RpcError) as caught:
        host.Read(request)
    text = caught.value.details()
    assert text.startswith("Reading runner 'gpu' failed: GET /v1/runner/")
    assert "Traceback" not in text
    emulator.delete_runner(made.id)
    assert host.Read(request).id == ""


def test_a_failed_follow_up_keeps_the_object(host: Any, emulator: Emulator) -> None:
    """The id travels in Pulumi's ErrorResourceInitFailed."""
    emulator.fault("status", "PUT", status=403, message="no")
    properties = struct(**VALUES, status="disabled")
    with pytest.raises(grpc.RpcError) as caught:
        host.Create(provider_pb2.CreateRequest(urn=URN, properties=properties))
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    assert emulator.runners()[0]["id"].encode() in details


def test_a_bug_keeps_its_traceback(host: Any) -> None:
    """Only our own errors are shortened."""
    properties = struct(**VALUES)
    properties["__provider"] = base64.b64encode(b"nonsense").decode()
    with pytest.raises(grpc.RpcError, match="Traceback"):
        host.Create(provider_pb2.CreateRequest(urn=URN, properties=properties))
