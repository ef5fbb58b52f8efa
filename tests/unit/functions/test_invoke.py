"""Calls of functions from a program: accounts, options, waits."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

import pulumi_comfycontrol as comfycontrol
from pulumi_comfycontrol import native
from pulumi_comfycontrol.core.terminal import Terminal
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.functions import invoke
from tests.mocks import Mocks, mocked_engine


@pytest.fixture(autouse=True)
def _engine() -> Iterator[None]:
    with mocked_engine(Mocks()):
        yield


@pytest.fixture(params=[comfycontrol.Provider, native.Provider])
def eu(request: pytest.FixtureRequest, emulator: Emulator) -> Any:
    """An explicit provider of the emulator's account, of either front-end."""
    return request.param("eu", api_token=emulator.token, api_url=emulator.url)


def test_a_provider_in_the_options_is_the_account(
    emulator: Emulator, eu: comfycontrol.Provider
) -> None:
    """``opts.provider`` is what Pulumi's users know; a parent hands on its own."""
    group = pulumi.ComponentResource(
        "test:Group", "g", None, pulumi.ResourceOptions(providers=[eu])
    )
    for opts in (pulumi.InvokeOptions(provider=eu), pulumi.InvokeOptions(parent=group)):
        assert comfycontrol.get_user(opts=opts).id == emulator.account
    assert comfycontrol.get_user(account=eu).id == emulator.account


def test_another_provider_is_refused(eu: comfycontrol.Provider) -> None:
    """A provider of another package, and two that name two accounts, are mistakes."""
    other = pulumi.ProviderResource("aws", "other")
    with pytest.raises(pulumi.RunError, match=r"must be a Provider of pulumi_comfycontrol, or of"):
        comfycontrol.get_user(opts=pulumi.InvokeOptions(provider=other))
    us = comfycontrol.Provider("us", api_token="cfc_us")
    with pytest.raises(pulumi.RunError, match="two accounts"):
        comfycontrol.get_user(account=us, opts=pulumi.InvokeOptions(provider=eu))


@pulumi.runtime.test
def test_an_output_waits_for_its_dependencies(
    emulator: Emulator, eu: comfycontrol.Provider
) -> pulumi.Output[None]:
    """``depends_on`` names resources that must exist before the lookup runs."""
    made = comfycontrol.Runner("gpu", name="GPU", endpoint="http://x")
    made.id.apply(lambda _: emulator.runners.seed(name="GPU", endpoint="http://x"))
    found = comfycontrol.get_runners_output(
        opts=pulumi.InvokeOutputOptions(provider=eu, depends_on=[made])
    )

    def check(runners: tuple[comfycontrol.RunnerInfo, ...]) -> None:
        assert [one.name for one in runners] == ["GPU"]
        assert "headers" not in repr(runners)

    return found.apply(check)


def test_a_long_wait_is_told_on_stderr(
    emulator: Emulator,
    eu: comfycontrol.Provider,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A program has no other place to show it; here the patience of 2 s is none."""
    impatient = functools.partial(Terminal, patience=0.0)
    monkeypatch.setattr(f"{invoke.__name__}.Terminal", impatient)
    emulator.fault("delay", "GET", "/v1/user", delay=0.2)
    assert comfycontrol.get_user(account=eu).id == emulator.account
    assert capsys.readouterr().err == "get_user: waiting for the API\n"
