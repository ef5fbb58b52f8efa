"""The provider resource of the native plugin: its configuration and its account."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.progress import EngineListener
from pulumi_comfycontrol.frontend.wire import UNKNOWN_VALUE
from pulumi_comfycontrol.plugin import wire

from .conftest import RUNNER, Plugin, failure, struct

VALUES = {"name": "GPU", "endpoint": "http://x"}
PROVIDER = "urn:pulumi:dev::test::pulumi:providers:comfycontrol::"


def check_config(service: Plugin, name: str = "default", **news: str) -> list[str]:
    """The reasons for which a configuration is refused."""
    request = provider_pb2.CheckRequest(urn=PROVIDER + name, name=name, news=struct(news))
    answer = service.stub.CheckConfig(request)
    return [failure.reason for failure in answer.failures]


def test_a_missing_token_is_reported_once(service: Plugin) -> None:
    """On the provider; the resources do not repeat it."""
    [reason] = check_config(service)
    assert reason.startswith("No ComfyControl API token is configured; ")
    service.stub.Configure(provider_pb2.ConfigureRequest(name="default"))
    answer = service.stub.Check(provider_pb2.CheckRequest(urn=RUNNER + "gpu", news=struct(VALUES)))
    assert not answer.failures
    request = provider_pb2.DeleteRequest(id="1", urn=RUNNER + "gpu")
    text = failure(service.stub.Delete, request)
    assert text.startswith("Deleting runner 'gpu' failed: no ComfyControl API token")
    assert text.endswith("set COMFYCONTROL_API_TOKEN or add --run-program.")


def test_a_token_is_kept_as_a_secret(service: Plugin) -> None:
    """The engine encrypts it in the state, also where the program gives it in the clear."""
    news = struct({"apiToken": "cfc_x", "apiUrl": "http://127.0.0.1"})
    answer = service.stub.CheckConfig(
        provider_pb2.CheckRequest(urn=PROVIDER + "mine", name="mine", news=news)
    )
    assert not answer.failures
    assert wire.secret_names(answer.inputs) == {"apiToken"}


@pytest.mark.parametrize(("text", "times"), [("cfc_hidden", 1), ("{secure: v1:abc}", 0)])
def test_a_token_in_plain_text_is_warned_of(
    service: Plugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, times: int
) -> None:
    """Also where the program lies in a folder below; the message does not show the token."""
    told: list[str] = []
    monkeypatch.setattr(EngineListener, "warning", lambda _, message: told.append(message))
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  comfycontrol:apiToken: {text}\n")
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert check_config(service, apiToken="cfc_hidden") == []
    assert len(told) == times
    assert "hidden" not in "".join(told)
    assert all("is in Pulumi.dev.yaml in plain text" in message for message in told)


def test_a_token_that_is_not_known_yet_passes(service: Plugin) -> None:
    """A token may be an output of another resource, which a preview does not know."""
    assert check_config(service, "mine", apiToken=UNKNOWN_VALUE) == []


def test_the_version_of_a_default_provider_is_no_setting(service: Plugin) -> None:
    """The engine adds it to the configuration."""
    assert check_config(service, "default_0_2_0", version="0.2.0", apiToken="cfc_x") == []


def test_an_explicit_provider_is_never_overruled_by_the_environment(
    service: Plugin, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token of its own is an error, although the environment has a right one."""
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
    service.configure(emulator, "mine", apiToken="cfc_wrong")
    request = provider_pb2.CreateRequest(urn=RUNNER + "gpu", properties=struct(VALUES))
    assert "explicit provider 'mine'" in failure(service.stub.Create, request)
    assert emulator.runners.all() == []


def test_the_environment_wins_over_the_stack_config(
    service: Plugin, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotated token reaches refresh and destroy, which get the configuration of the last up."""
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
    service.configure(emulator, "default_0_2_0", apiToken="cfc_rotated")
    assert service.create(RUNNER + "gpu", **VALUES).id


def test_another_configuration_replaces_nothing(service: Plugin) -> None:
    """A replaced provider would replace each of its resources."""
    answer = service.stub.DiffConfig(
        provider_pb2.DiffRequest(
            urn=PROVIDER + "mine",
            old_inputs=struct({"apiToken": "cfc_a"}),
            news=struct({"apiToken": "cfc_b"}),
        )
    )
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.diffs) == ["apiToken"]
    assert not answer.replaces


def test_handshake_and_configure_agree(service: Plugin) -> None:
    """The engine takes secrets off where one of the two does not accept them."""
    shaken = service.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    configured = service.stub.Configure(provider_pb2.ConfigureRequest(name="default"))
    assert shaken.accept_secrets
    assert configured.acceptSecrets
    assert configured.supportsPreview
    assert not shaken.accept_resources
    assert not shaken.accept_outputs
    assert not configured.acceptResources


def test_the_schema_has_the_types_and_functions_of_the_service(service: Plugin) -> None:
    """The service implements every type and function of the schema."""
    from pulumi_comfycontrol.core.types import KINDS
    from pulumi_comfycontrol.frontend.names import type_token
    from pulumi_comfycontrol.plugin.functions import FUNCTIONS

    schema = json.loads(service.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert set(schema["resources"]) == {type_token(kind) for kind in KINDS.values()}
    assert set(schema["functions"]) == set(FUNCTIONS)
    assert service.stub.GetPluginInfo(Empty()).version == metadata.version("pulumi-comfycontrol")


def test_a_bug_reaches_the_user_with_its_traceback(service: Plugin, emulator: Emulator) -> None:
    """It has to be reportable."""
    service.configure(emulator)
    olds = struct({"__comfycontrol": {"set_fields": 5}})
    request = provider_pb2.DiffRequest(id="1", urn=RUNNER + "gpu", olds=olds, news=struct(VALUES))
    assert "Traceback" in failure(service.stub.Diff, request)


def test_no_request_tells_of_pending_operations() -> None:
    """The protocol has no place for them, so docs/create-once.md says that nothing can be seen."""
    names = {
        f"{message.name}.{field.name}"
        for message in provider_pb2.DESCRIPTOR.message_types_by_name.values()
        if message.name.endswith("Request")
        for field in message.fields
    }
    assert "CreateRequest.properties" in names
    assert not [name for name in names if "pending" in name.lower()]
