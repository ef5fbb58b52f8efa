"""examples/policy: rules in plain Python that stop a program."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from pulumi_comfycontrol import Runner
from pulumi_comfycontrol.emulator import Emulator
from tools.engine import ROOT

from .harness import Stack

MakeStack = Callable[..., Stack]
FOLDER = ROOT / "examples" / "policy"
ALLOWED = "https://a.comfy.example.com"
REFUSED = "http://a.comfy.example.net"
TAGS = ["team:video", "site:paris"]
MUST_BE_OURS = "endpoint must be https, on a host of comfy.example.com"


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Enforce the example's rules in a program of a test."""
    monkeypatch.syspath_prepend(str(FOLDER))
    policy, rules = importlib.import_module("policy"), importlib.import_module("rules")
    domains = rules.endpoint_within("comfy.example.com")
    return lambda: policy.enforce({"endpoint": domains, "tags": rules.tagged("team:", "site:")})


def test_nothing_is_created_when_one_runner_breaks_a_rule(
    stack: MakeStack, emulator: Emulator, rules: Callable[[], None]
) -> None:
    """All violations come at once, in `up` without a preview too, and in components."""

    def program() -> None:
        rules()
        Runner("good", name="Good", endpoint=ALLOWED, tags=TAGS)
        Runner("bare", name="Bare", endpoint=ALLOWED)
        group = pulumi.ComponentResource("test:index:Group", "group")
        inside = pulumi.ResourceOptions(parent=group)
        Runner("child", name="Child", endpoint=REFUSED, tags=["team:audio"], opts=inside)

    one = stack(program)
    for operation in (one.preview, one.up):
        text = one.failure(operation)
        for sentence in (
            "bare: tags must have one that begins with team: and one with site:",
            f"child: {MUST_BE_OURS}",
            "child: tags must have one that begins with site:",
        ):
            assert sentence in text
        assert "good:" not in text
        assert "Traceback" not in text
    assert emulator.requests == []


@pytest.mark.soak
@pytest.mark.parametrize("secret", [True, False])
def test_a_value_that_is_known_late_is_checked_late(
    stack: MakeStack, emulator: Emulator, rules: Callable[[], None], secret: bool
) -> None:
    """A secret is checked in preview and never shown; an unknown value stops its runner in `up`."""

    def program() -> None:
        rules()
        first = Runner("first", name="First", endpoint=ALLOWED, tags=TAGS)
        later: Any = first.id.apply(lambda _id: REFUSED)
        endpoint = pulumi.Output.secret(REFUSED) if secret else later
        Runner("late", name="Late", endpoint=endpoint, tags=TAGS)

    one = stack(program)
    if not secret:
        assert one.preview() == {"create": 3}
    for operation in (one.preview, one.up) if secret else (one.up,):
        text = one.failure(operation)
        assert f"late: {MUST_BE_OURS}" in text
        assert REFUSED not in text
    assert "Late" not in {runner["name"] for runner in emulator.runners.all()}


@pytest.mark.soak
def test_what_is_only_read_is_left_alone(
    stack: MakeStack, emulator: Emulator, rules: Callable[[], None]
) -> None:
    """`Runner.get` of a runner that the program does not manage breaks no rule."""
    theirs = emulator.runners.seed(name="Theirs", endpoint=REFUSED)

    def program() -> None:
        rules()
        pulumi.export("name", Runner.get("theirs", theirs["id"]).name)

    one = stack(program)
    one.up()
    assert one.automation.outputs()["name"].value == "Theirs"
