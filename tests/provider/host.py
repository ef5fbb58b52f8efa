"""Provider processes, driven as the engine does: here Pulumi's own Python host."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from typing import IO, Any, Self

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.provider.base import KindProvider
from pulumi_comfycontrol.provider.runner import RunnerProvider

URN = "urn:pulumi:dev::test::pulumi-python:dynamic/comfycontrol:Runner::"


def struct(provider: type[KindProvider] = RunnerProvider, **values: Any) -> Struct:
    """Properties as the engine sends them."""
    message = Struct()
    message.update({**values, "__provider": serialize_provider(provider())})
    return message


class Host(AbstractContextManager["Host"]):
    """A host process for one emulator; ``engine`` is the engine's address.

    ``stderr`` is where its error output goes, by default to that of this process. The methods
    raise :class:`grpc.RpcError` when the provider fails.
    """

    #: The module that is run, and the text before the keys of its configuration.
    module = "pulumi.dynamic"
    namespace = "comfycontrol:"
    #: Whether secrets reach the provider in their wrapping.
    accepts_secrets = False

    stub: Any

    def __init__(
        self,
        emulator: Emulator,
        *,
        engine: str = "127.0.0.1:1",
        stderr: IO[Any] | None = None,
        **environment: str,
    ) -> None:
        self._config = {
            f"{self.namespace}apiUrl": emulator.url,
            f"{self.namespace}apiToken": emulator.token,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", self.module, engine],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=os.environ | {"COMFYCONTROL_QUOTA": "100000/10"} | environment,
        )

    def __enter__(self) -> Self:
        assert self.process.stdout
        port = int(self.process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        arguments = Struct()
        arguments.update(self._config)
        self.stub.Configure(provider_pb2.ConfigureRequest(args=arguments))
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def create(self, resource: str, /, **values: Any) -> tuple[str, Struct]:
        """Return the id and the outputs."""
        request = provider_pb2.CreateRequest(urn=URN + resource, properties=struct(**values))
        answer = self.stub.Create(request)
        return answer.id, answer.properties

    def read(self, resource: str, id_: str, known: Struct) -> tuple[str, Struct]:
        """Return the id, "" when it is gone, and the outputs."""
        request = provider_pb2.ReadRequest(id=id_, urn=URN + resource, properties=known)
        answer = self.stub.Read(request)
        return answer.id, answer.properties

    def update(self, resource: str, id_: str, known: Struct, /, **values: Any) -> Struct:
        """Return the outputs."""
        request = provider_pb2.UpdateRequest(
            id=id_, urn=URN + resource, olds=known, news=struct(**values)
        )
        properties: Struct = self.stub.Update(request).properties
        return properties

    def diff(self, resource: str, id_: str, known: Struct, /, **values: Any) -> Any:
        """Return the engine's answer."""
        return self.stub.Diff(
            provider_pb2.DiffRequest(id=id_, urn=URN + resource, olds=known, news=struct(**values))
        )

    def delete(self, resource: str, id_: str, known: Struct) -> None:
        """Return when it is gone."""
        self.stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=URN + resource, properties=known))


def plain(properties: Struct) -> dict[str, Any]:
    """Outputs as a dict."""
    return MessageToDict(properties)
