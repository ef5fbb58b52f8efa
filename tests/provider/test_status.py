"""Status lines while the provider waits, on a stand-in for the engine's log service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.provider.template import TemplateProvider

from .host import URN, Host, struct

VALUES = {"name": "GPU", "endpoint": "http://x"}


class Engine(engine_pb2_grpc.EngineServicer):
    """Stand-in for the engine's log service, which keeps the messages."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def Log(self, request: Any, context: Any) -> Empty:  # noqa: N802 - the protocol's name
        """Note a message."""
        self.told.append(request)
        return Empty()


@pytest.fixture
def engine() -> Iterator[tuple[Engine, str]]:
    """A log service and its address."""
    one = Engine()
    server = grpc.server(ThreadPoolExecutor(4))
    engine_pb2_grpc.add_EngineServicer_to_server(one, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield one, f"127.0.0.1:{port}"
    server.stop(None)


def test_a_wait_shows_on_the_resources_row_and_leaves_no_trace(
    engine: tuple[Engine, str], emulator: Emulator
) -> None:
    """An ephemeral message with the resource's URN, once a wait; nothing when nothing waits."""
    told, address = engine[0].told, engine[1]
    with Host(emulator, engine=address) as host:
        host.create("gpu", **VALUES)
        assert told == []
        emulator.fault("status", "POST", status=503, retry_after="2", times=1)
        emulator.fault("status", "PUT", status=503, retry_after="2", times=1)
        id_, known = host.create("other", **VALUES)
        host.update("other", id_, known, **VALUES | {"name": "new"})
    assert {one.urn for one in told} == {URN + "other"}
    assert all(one.ephemeral and one.severity == engine_pb2.INFO for one in told)
    texts = [one.message for one in told]
    assert texts[0] == "the answer was lost; looking for what was created"
    assert re.fullmatch(
        r'until \d\d:\d\d:\d\d: again after PUT .* answered 503, "internal server error"', texts[2]
    )
    assert [text for text in texts if not text] == ["", ""], "each wait ends"
    assert texts[-1] == ""


def test_a_cool_down_is_told(engine: tuple[Engine, str], emulator: Emulator) -> None:
    """After a 429 the row says for how long the quota is closed."""
    with Host(emulator, engine=engine[1]) as host:
        emulator.fault("status", "POST", status=429)
        host.create("gpu", **VALUES)
    texts = [one.message for one in engine[0].told]
    assert re.fullmatch(r"until \d\d:\d\d:\d\d: API quota", texts[0])
    assert texts[-1] == "", "a finished row must not show it"
    assert len(texts) <= 12  # one a second at the most


def test_a_doubtful_placeholder_is_a_warning(
    engine: tuple[Engine, str], emulator: Emulator
) -> None:
    """A doubtful placeholder is a warning in the diagnostics, and fails nothing."""
    with Host(emulator, engine=engine[1]) as host:
        body = '{"6":{"class_type":"Load","inputs":{"image":"$flie(a)"}}}'
        news = struct(TemplateProvider, name="T", description="D", body=body)
        urn = URN.replace("Runner", "Template") + "portrait"
        answer = host.stub.Check(provider_pb2.CheckRequest(urn=urn, news=news))
    assert not answer.failures
    [warning] = engine[0].told
    assert warning.severity == engine_pb2.WARNING
    assert warning.urn == urn
    assert warning.message == (
        "node 6 (Load), field image: $flie(…) is no placeholder; did you mean $file(…)?"
    )
