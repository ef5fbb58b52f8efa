"""Arguments are checked where they are declared, with no engine and no provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockMonitor

import pulumi_comfycontrol
from pulumi_comfycontrol import Runner, Template, native
from pulumi_comfycontrol.frontend.wire import SECRET_SIGNATURE, SIGNATURE_KEY
from tests.mocks import Mocks, mocked_engine

MACHINE = {"name": "GPU", "endpoint": "https://comfy.example.com"}
Program = Callable[[], None]


@pytest.fixture(autouse=True)
def mocks() -> Iterator[Mocks]:
    """The engine of the test's programs."""
    found = Mocks()
    with mocked_engine(found):
        yield found


def failure(program: Program) -> str:
    """Run a program that has to fail."""
    with pytest.raises(pulumi.RunError) as error:
        pulumi.runtime.test(program)()
    return str(error.value)


def test_one_message_names_the_faults_of_all_resources() -> None:
    """Unknown arguments too; no value of a header is shown."""

    def program() -> None:
        Runner("a", **MACHINE | {"name": "", "status": "paused"}, endpont="typo")
        Runner("good", **MACHINE)
        Runner("b", **MACHINE, headers={"X-Key": "hunter2\n"}, tags=["a", 5, 10**999])  # type: ignore[list-item]
        Template("c", name="T", description="", body="{")

    assert failure(program).splitlines() == [
        "The program can't be carried out:",
        "  Runner 'a': name must have 1 to 100 characters, but '' has 0",
        "  Runner 'a': status must be 'active' or 'disabled', but it is 'paused'",
        "  Runner 'a': endpont is not an argument (the arguments are name, endpoint, headers, tags,"
        " status); did you mean endpoint?",
        "  Runner 'b': headers['X-Key'] must not have control characters such as a line break",
        "  Runner 'b': tags[1] must be a string, but it is the number 5",
        "  Runner 'b': tags[2] must be a string, but it is a number",
        "  Template 'c': description must have 1 to 500 characters, but '' has 0",
        "  Template 'c': body is not JSON: Expecting property name enclosed in double quotes at"
        " line 1, column 2",
    ]


def test_the_faults_of_one_program_are_not_those_of_the_next() -> None:
    """Inline programs run one after another in one process."""
    for name in ("first", "second"):
        text = failure(lambda name=name: Runner(name, name="", endpoint="http://x") and None)
        assert text.count("Runner") == 1
        assert name in text


class Status(StrEnum):
    """A user's own constants."""

    OFF = "disabled"


def test_what_is_right_or_not_known_yet_is_registered(mocks: Mocks) -> None:
    """Outputs are the provider's to check; constants and tuples are as good as what they hold."""

    def program() -> None:
        first = Runner("first", **MACHINE, tags=("a",), status=Status.OFF, headers={})
        Runner("second", name=first.name, endpoint=pulumi.Output.from_input("nonsense"))
        Runner("third", **MACHINE, headers={"X": pulumi.Output.secret("x")}, tags=[first.id])
        Template("fourth", name="T", description="D", body={"1": first.id})
        pulumi.ComponentResource("test:Group", "group")
        Runner.get("fifth", "id")

    pulumi.runtime.test(program)()
    assert {"first", "second", "third", "fourth", "fifth"} <= {*mocks.names}


def test_an_ignored_argument_is_not_checked(mocks: Mocks) -> None:
    """The engine replaces it by the value in the state."""

    def program() -> None:
        options = pulumi.ResourceOptions(ignore_changes=["tags[0]", "name"])
        Runner("a", **MACHINE | {"name": ""}, tags=["a,b"], opts=options)

    pulumi.runtime.test(program)()
    assert mocks.names[-1] == "a"


@pytest.mark.parametrize(
    "value", [lambda: "a", lambda: pulumi.Output.from_input("a")], ids=["plain", "output"]
)
@pytest.mark.parametrize("resource", [Runner, native.Runner])
def test_headers_are_secret_from_the_program_on(
    resource: Callable[..., Any], value: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine gets them as a secret, as they were when the resource was declared."""
    sent: list[Any] = []
    register = MockMonitor.RegisterResource

    def record(self: MockMonitor, request: Any) -> Any:
        if "headers" in request.object.fields:
            sent.append(request.object["headers"])
        return register(self, request)

    monkeypatch.setattr(MockMonitor, "RegisterResource", record)

    def program() -> None:
        headers = {"X-Key": value()}
        resource("a", **MACHINE, headers=headers)
        headers["X-Key"] = "b"

    pulumi.runtime.test(program)()
    (found,) = sent
    assert found[SIGNATURE_KEY] == SECRET_SIGNATURE
    assert dict(found["value"]) == {"X-Key": "a"}


@pytest.mark.parametrize("resource", [Runner, native.Runner])
def test_few_of_our_frames_are_in_the_state(
    resource: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine keeps the source position of every frame for each resource, in each state file."""
    files: list[str] = []
    register = MockMonitor.RegisterResource

    def record(self: MockMonitor, request: Any) -> Any:
        files.extend(frame.pc.uri for frame in request.stackTrace.frames)
        return register(self, request)

    monkeypatch.setattr(MockMonitor, "RegisterResource", record)
    pulumi.runtime.test(lambda: resource("a", **MACHINE) and None)()
    package = Path(pulumi_comfycontrol.__file__).parent.as_uri()
    assert len([uri for uri in files if uri.startswith(package)]) <= 2


def deep(levels: int) -> Any:
    """A dictionary in dictionaries."""
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (lambda: Runner("a", **MACHINE | {"name": " \t"}), "name must not be blank, but it is ' "),
        (lambda: Runner("a", **MACHINE | {"name": "\ud83d"}), "name has a lone surrogate, which"),
        (lambda: Runner("a", **MACHINE, tags=["\ud83d"]), "tags has a lone surrogate"),
        (lambda: Runner("a", **MACHINE, headers={"X": "\udc00"}), "headers has a lone surrogate"),
        (lambda: Runner("a", **MACHINE | {"endpoint": "http://\udc00"}), "endpoint has a lone"),
        (lambda: Runner("a", **MACHINE, headers=deep(3000)), "headers['a'] must be a string"),
        (
            lambda: Template("a", name="T", description="D", body=deep(3000)),
            "body is nested too deeply",
        ),
        (
            lambda: Template("a", name="T", description="D", body=json.loads('"{\\"a\\": 1"')),
            "body is not JSON",
        ),
    ],
    ids=["blank", "name", "tag", "header", "endpoint", "headers", "body", "text"],
)
def test_nonsense_is_refused_with_a_sentence(program: Program, sentence: str) -> None:
    """Nonsense is refused without a traceback of ours or Pulumi's."""
    assert sentence in failure(lambda: program() and None)
