"""The native plugin's service in this process, driven over gRPC as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.protocol import stubs
from pulumi_comfycontrol.plugin import wire
from pulumi_comfycontrol.plugin.service import Service

RUNNER = "urn:pulumi:dev::test::comfycontrol:index:Runner::"
TEMPLATE = "urn:pulumi:dev::test::comfycontrol:index:Template::"


class Plugin:
    """A service and its stub. Values are plain; those named in ``secret`` travel as secrets."""

    def __init__(self, stub: Any, service: Service) -> None:
        self.stub = stub
        self.service = service

    def configure(self, emulator: Emulator, name: str = "default", **arguments: Any) -> None:
        """Configure the provider resource ``name`` for an emulator."""
        given = {"apiUrl": emulator.url, "apiToken": emulator.token, "quota": "100000/10"}
        self.stub.Configure(
            provider_pb2.ConfigureRequest(name=name, args=struct({**given, **arguments}))
        )

    def create(self, urn: str, *, secret: tuple[str, ...] = (), **values: Any) -> Any:
        """Return the response."""
        properties = wire.encode(values, secret)
        return self.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=properties))


def struct(values: dict[str, Any], *secret: str) -> Struct:
    """A message with these properties."""
    return wire.encode(values, secret)


def failure(call: Any, request: Any) -> str:
    """The message of a call that has to fail."""
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    return str(caught.value.details())


@pytest.fixture
def service() -> Iterator[Plugin]:
    """A service that is not configured yet."""
    one = Service("127.0.0.1:1")
    server = grpc.server(ThreadPoolExecutor(16))
    stubs("provider_pb2_grpc").add_ResourceProviderServicer_to_server(one, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), one)
    server.stop(None)


@pytest.fixture
def plugin(service: Plugin, emulator: Emulator) -> Plugin:
    """A service that is configured for the emulator."""
    service.configure(emulator)
    return service
