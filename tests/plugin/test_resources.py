"""Runners and templates through the native plugin's protocol."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend import progress
from pulumi_comfycontrol.frontend.wire import STATUS_DETAILS, UNKNOWN_VALUE
from pulumi_comfycontrol.plugin import values, wire

from .conftest import RUNNER, TEMPLATE, Plugin, failure, struct

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"X-Key": "hidden-value"}}
Diff = provider_pb2.DiffResponse


def diff(plugin: Plugin, created: Any, **news: Any) -> Any:
    """Compare a runner in the state with a program."""
    request = provider_pb2.DiffRequest(
        id=created.id, urn=RUNNER + "gpu", olds=created.properties, news=struct(news)
    )
    return plugin.stub.Diff(request)


def test_create_returns_every_output_under_its_name_in_the_schema(
    plugin: Plugin, emulator: Emulator
) -> None:
    """The names are camelCase; headers are secret, whatever the program says of them."""
    created = plugin.create(RUNNER + "gpu", **VALUES)
    [row] = emulator.runners.all()
    outputs = wire.decode(created.properties)
    assert created.id == row["id"]
    assert outputs["userId"] == row["user_id"]
    assert outputs["createdAt"] == row["created_at"]
    assert outputs["tags"] == []
    assert wire.secret_names(created.properties) == {"headers"}


def test_what_is_secret_in_the_program_is_so_wherever_it_is_kept(
    plugin: Plugin, emulator: Emulator
) -> None:
    """A template's placeholders are parts of its body; a sent form is kept beside the API's own."""
    emulator.settings.text = "trimmed"
    body = '{"text": "$text(hidden)"}'
    planned = plugin.stub.Create(
        provider_pb2.CreateRequest(
            urn=TEMPLATE + "a",
            properties=struct({"name": "A", "description": "hidden", "body": body}, "body"),
            preview=True,
        )
    )
    assert wire.secret_names(planned.properties) == {"body", "placeholders"}
    created = plugin.create(
        TEMPLATE + "a", name="A", description=" hidden ", body=body, secret=("description", "body")
    )
    secret = wire.secret_names(created.properties)
    assert secret == {"body", "description", "placeholders", "__comfycontrol"}
    known = values.known(created.properties)
    assert known.sent["description"] == " hidden "
    assert known.managed


def test_what_is_secret_in_the_program_stays_so(plugin: Plugin) -> None:
    """A name that is given as a secret is one in Check's answer and in the outputs."""
    news = struct(VALUES, "name")
    checked = plugin.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=news))
    assert wire.secret_names(checked.inputs) == {"headers", "name"}
    created = plugin.create(RUNNER + "gpu", **VALUES, secret=("name",))
    assert wire.secret_names(created.properties) == {"headers", "name"}


def test_check_reports_all_faults_and_no_value_twice(plugin: Plugin, emulator: Emulator) -> None:
    """No failure names a property, as the engine would then print the property's value."""
    news = struct({"name": 5, "endpoint": "ftp://x", "headers": {"A": "hidden\nvalue"}, "tag": ""})
    answer = plugin.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=news))
    reasons = [failure.reason for failure in answer.failures]
    assert {failure.property for failure in answer.failures} == {""}
    assert len(reasons) == 4
    assert "name must be a string, but it is the number 5" in reasons
    assert not any("hidden" in reason for reason in reasons)
    assert emulator.requests == []


def test_values_that_are_not_known_yet_pass_check(plugin: Plugin) -> None:
    """In a preview, an output of another resource is checked later."""
    news = struct({**VALUES, "endpoint": UNKNOWN_VALUE, "headers": {"A": UNKNOWN_VALUE}})
    answer = plugin.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=news))
    assert not answer.failures
    assert answer.inputs["endpoint"] == UNKNOWN_VALUE


@pytest.mark.parametrize(
    ("news", "paths"),
    [
        (VALUES | {"name": "New"}, {"name": "UPDATE"}),
        (VALUES | {"tags": ["a"]}, {"tags": "ADD"}),
        (VALUES | {"headers": {"X-Key": "other", "X-New": "one"}}, {
            'headers["X-Key"]': "UPDATE", 'headers["X-New"]': "ADD",
        }),
        ({"name": "GPU", "endpoint": "http://x"}, {"headers": "DELETE"}),
        (VALUES | {"endpoint": UNKNOWN_VALUE}, {"endpoint": "UPDATE"}),
    ],
)  # fmt: skip
def test_a_difference_is_told_by_path(
    plugin: Plugin, news: dict[str, Any], paths: dict[str, str]
) -> None:
    """A map by its keys, everything else as a whole; nothing is replaced."""
    answer = diff(plugin, plugin.create(RUNNER + "gpu", **VALUES), **news)
    kinds = provider_pb2.PropertyDiff.Kind
    found = {path: kinds.Name(one.kind) for path, one in answer.detailedDiff.items()}
    assert (answer.changes, found) == (Diff.DIFF_SOME, paths)
    assert set(answer.diffs) == {path.partition("[")[0] for path in paths}
    assert list(answer.stables) == ["userId", "createdAt"]
    assert not answer.replaces


def test_what_means_the_same_is_no_difference(plugin: Plugin) -> None:
    """The order of tags and the spelling of a URL have no meaning."""
    created = plugin.create(RUNNER + "gpu", **VALUES, tags=["a", "b"])
    answer = diff(plugin, created, **VALUES | {"tags": ["b", "a"], "endpoint": "HTTP://X:80/"})
    assert answer.changes == Diff.DIFF_NONE


def test_a_default_that_is_written_out_updates_the_state_without_a_request(
    plugin: Plugin, emulator: Emulator
) -> None:
    """The engine has to learn which fields the program sets."""
    created = plugin.create(RUNNER + "gpu", **VALUES)
    news = VALUES | {"status": "active"}
    answer = diff(plugin, created, **news)
    assert (answer.changes, answer.hasDetailedDiff) == (Diff.DIFF_SOME, False)
    emulator.clear_requests()
    updated = plugin.stub.Update(
        provider_pb2.UpdateRequest(
            id=created.id, urn=RUNNER + "gpu", olds=created.properties, news=struct(news)
        )
    )
    assert emulator.requests == []
    created.properties.CopyFrom(updated.properties)
    assert diff(plugin, created, **news).changes == Diff.DIFF_NONE


def test_a_preview_knows_what_can_be_known(plugin: Plugin, emulator: Emulator) -> None:
    """Inputs and defaults are known; of an existing object, all that does not change."""
    request = provider_pb2.CreateRequest(
        urn=RUNNER + "gpu", properties=struct(VALUES), preview=True
    )
    planned = plugin.stub.Create(request)
    outputs = wire.decode(planned.properties)
    assert planned.id == ""
    assert (outputs["name"], outputs["status"], outputs["tags"]) == ("GPU", "active", [])
    assert planned.properties["userId"] == UNKNOWN_VALUE
    assert wire.secret_names(planned.properties) == {"headers"}
    assert emulator.requests == []
    created = plugin.create(RUNNER + "gpu", **VALUES)
    planned = plugin.stub.Update(
        provider_pb2.UpdateRequest(
            id=created.id,
            urn=RUNNER + "gpu",
            olds=created.properties,
            news=struct(VALUES | {"name": "New"}),
            preview=True,
        )
    )
    assert planned.properties["name"] == "New"
    assert planned.properties["userId"] == created.properties["userId"]
    assert planned.properties["updatedAt"] == UNKNOWN_VALUE
    assert wire.secret_names(planned.properties) == {"headers"}
    assert emulator.runners.all()[0]["name"] == "GPU"


def test_a_refresh_returns_what_the_program_sets(plugin: Plugin, emulator: Emulator) -> None:
    """Live values in its fields, as the program has them where they mean the same."""
    created = plugin.create(RUNNER + "gpu", **VALUES, tags=["b", "a"])
    emulator.runners.edit(created.id, name="outside", status="disabled", tags=["a", "b"])
    read = plugin.stub.Read(
        provider_pb2.ReadRequest(
            id=created.id,
            urn=RUNNER + "gpu",
            properties=created.properties,
            inputs=struct({**VALUES, "tags": ["b", "a"]}, "headers"),
        )
    )
    assert wire.decode(read.inputs) == VALUES | {"name": "outside", "tags": ["b", "a"]}
    assert wire.decode(read.properties)["status"] == "disabled"
    assert wire.secret_names(read.inputs) == {"headers"}


def test_an_import_hands_no_secret_to_the_generated_code(
    plugin: Plugin, emulator: Emulator
) -> None:
    """Headers are among the outputs, as secrets, but not among the inputs."""
    row = emulator.runners.seed(**VALUES, tags=["a"])
    read = plugin.stub.Read(provider_pb2.ReadRequest(id=row["id"], urn=RUNNER + "gpu"))
    assert wire.decode(read.inputs) == {"name": "GPU", "endpoint": "http://x", "tags": ["a"]}
    assert wire.secret_names(read.properties) == {"headers"}
    emulator.clear_requests()
    read_again = diff(plugin, read, **wire.decode(read.inputs))
    assert read_again.changes == Diff.DIFF_NONE
    assert emulator.requests == []


def test_an_import_warns_of_a_secret_that_is_required(
    plugin: Plugin, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its endpoint a runner can't be declared, so the code shows its password."""
    told: list[Any] = []
    monkeypatch.setattr(
        progress, "engine", lambda _: SimpleNamespace(Log=lambda one, timeout: told.append(one))
    )
    row = emulator.runners.seed(name="GPU", endpoint="http://user:hidden@x")
    read = plugin.stub.Read(provider_pb2.ReadRequest(id=row["id"], urn=RUNNER + "gpu"))
    assert wire.secret_names(read.inputs) == {"endpoint"}
    [warning] = [one.message for one in told]
    assert warning.startswith("The endpoint of the runner has a secret part")
    assert "hidden" not in warning


def test_an_id_that_does_not_exist_is_answered_by_nothing(plugin: Plugin) -> None:
    """The engine then says so, for an import as for a refresh."""
    id_ = "00000000-0000-4000-8000-000000000000"
    read = plugin.stub.Read(provider_pb2.ReadRequest(id=id_, urn=RUNNER + "gpu"))
    assert read.id == ""


def test_a_failed_follow_up_keeps_the_object_and_what_it_may_have(
    plugin: Plugin, emulator: Emulator
) -> None:
    """The id, the outputs and the reason travel in ErrorResourceInitFailed."""
    emulator.fault("status", "PUT", status=403, message="no")
    with pytest.raises(grpc.RpcError) as caught:
        plugin.create(RUNNER + "gpu", **VALUES, status="disabled")
    status = Status.FromString(dict(caught.value.trailing_metadata())[STATUS_DETAILS])
    partial = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(partial)
    assert partial.id == emulator.runners.all()[0]["id"]
    assert list(partial.reasons) == [caught.value.details()]
    assert wire.secret_names(partial.properties) == {"headers"}
    outputs = wire.decode(partial.properties)
    assert outputs["status"] == "active"
    assert outputs["__comfycontrol"]["set_fields"] == ["endpoint", "headers", "name", "status"]


def test_a_template_keeps_integers_of_any_size(plugin: Plugin, emulator: Emulator) -> None:
    """A template's body is text on the wire, so that no integer is rounded."""
    body = '{"6":{"class_type":"S","inputs":{"seed":1152921504606846977,"text":"$text(prompt)"}}}'
    created = plugin.create(TEMPLATE + "t", name="T", description="D", body=body)
    outputs = wire.decode(created.properties)
    assert "1152921504606846977" in outputs["body"]
    assert outputs["placeholders"] == [{"kind": "text", "name": "prompt"}]
    plugin.stub.Delete(
        provider_pb2.DeleteRequest(id=created.id, urn=TEMPLATE + "t", properties=created.properties)
    )
    assert emulator.templates.all() == []


def test_an_unknown_type_is_named(plugin: Plugin) -> None:
    """No exception of Python's reaches the user."""
    request = provider_pb2.CheckRequest(urn="urn:pulumi:dev::test::comfycontrol:index:Nope::x")
    assert failure(plugin.stub.Check, request) == (
        "The plugin has no resource type as in urn:pulumi:dev::test::comfycontrol:index:Nope::x;"
        " correct the type, or install the plugin's version that the program was written for."
    )


def test_cancel_ends_a_wait_at_once(plugin: Plugin, emulator: Emulator) -> None:
    """A cool-down of ten seconds ends with an error that says so; nothing more is sent."""
    emulator.fault("status", "POST", status=429)
    errors: list[str] = []

    def create() -> None:
        try:
            plugin.create(RUNNER + "gpu", **VALUES)
        except grpc.RpcError as error:
            errors.append(str(error.details()))

    call = threading.Thread(target=create)
    call.start()
    while not _methods(emulator).count("POST"):
        call.join(0.01)
    begin = time.monotonic()
    plugin.stub.Cancel(Empty())
    call.join(5)
    assert time.monotonic() - begin < 2
    [text] = errors
    assert text.startswith("Creating runner 'gpu' failed: the deployment was interrupted")
    assert _methods(emulator).count("POST") == 1


def _methods(emulator: Emulator) -> list[str]:
    return [request.method for request in emulator.requests]


def test_cancel_lets_a_request_under_way_end(plugin: Plugin, emulator: Emulator) -> None:
    """The object of a POST under way is recorded."""
    arrived, go = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go.wait(10)

    emulator.fault("call", "POST", function=hold)
    created: list[str] = []
    call = threading.Thread(
        target=lambda: created.append(plugin.create(RUNNER + "gpu", **VALUES).id)
    )
    call.start()
    arrived.wait(10)
    plugin.stub.Cancel(Empty())
    go.set()
    call.join(5)
    assert created == [emulator.runners.all()[0]["id"]]


def test_custom_timeouts_bound_an_operation(plugin: Plugin, emulator: Emulator) -> None:
    """Attempts end after the seconds that the resource's option names."""
    created = plugin.create(RUNNER + "gpu", **VALUES)
    emulator.fault("status", "DELETE", times=None, status=503)
    emulator.clear_requests()
    request = provider_pb2.DeleteRequest(
        id=created.id, urn=RUNNER + "gpu", properties=created.properties, timeout=0.1
    )
    assert "answered 503" in failure(plugin.stub.Delete, request)
    assert _methods(emulator) == ["DELETE"]


def test_an_equal_object_is_adopted_where_the_program_says_so(
    plugin: Plugin, emulator: Emulator
) -> None:
    """``ifExists`` is an input that is no property of the object."""
    row = emulator.runners.seed(name="GPU", endpoint="http://x")
    news = struct(VALUES | {"ifExists": "adopt"})
    checked = plugin.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=news))
    assert not checked.failures
    created = plugin.create(RUNNER + "gpu", **wire.decode(checked.inputs))
    assert created.id == row["id"]
    assert "ifExists" not in wire.decode(created.properties)
    news = struct(VALUES | {"ifExists": "never"})
    checked = plugin.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=news))
    assert [failure.reason for failure in checked.failures] == [
        "ifExists must be create, fail or adopt, or left out"
    ]


def test_a_resource_whose_object_another_one_has_adopted_is_replaced(
    plugin: Plugin, emulator: Emulator
) -> None:
    """The old twin comes later in the program; its object is not deleted."""
    [row] = emulator.runners.seed_many({"name": "GPU", "endpoint": "http://x"})
    inputs = {"name": "GPU", "endpoint": "http://x"}
    adopted = plugin.create(f"{RUNNER}new", **inputs, ifExists="adopt")
    assert adopted.id == row["id"]
    old = provider_pb2.CheckRequest(urn=f"{RUNNER}old", olds=struct(inputs), news=struct(inputs))
    plugin.stub.Check(old)
    request = provider_pb2.DiffRequest(
        id=row["id"], urn=f"{RUNNER}old", olds=adopted.properties, news=struct(inputs)
    )
    diff = plugin.stub.Diff(request)
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert [*diff.replaces] == ["name", "endpoint"]
    assert {one.kind for one in diff.detailedDiff.values()} == {
        provider_pb2.PropertyDiff.UPDATE_REPLACE
    }
    plugin.stub.Delete(
        provider_pb2.DeleteRequest(id=row["id"], urn=f"{RUNNER}old", properties=adopted.properties)
    )
    assert [one["id"] for one in emulator.runners.all()] == [row["id"]]
