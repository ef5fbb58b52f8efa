"""The reference equals the docstrings, and its examples run."""

from __future__ import annotations

import asyncio
import os
import runpy
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from pulumi_comfycontrol.emulator import Emulator
from tests.mocks import mocked_engine
from tools.reference import FOLDER, pages

PROGRAMS = sorted((FOLDER / "programs").glob("*.py"))
#: The ids that the programs look up.
RUNNER, TEMPLATE = "80c2d533-35cc-4f25-aa6f-4b625d1cf2ef", "1f0887a5-8257-483a-b136-8625534faee0"


class Echo(pulumi.runtime.Mocks):
    """Answers each resource with its arguments."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        """Give each resource its name as its id, and what only the API knows."""
        return args.name, {**args.inputs, "user_id": "me", "placeholders": ["one"]}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        """No function of a provider is called."""
        raise AssertionError(args.token)


def test_the_pages_are_up_to_date() -> None:
    """After a change of a docstring: python -m tools.reference."""
    assert {path.name: path.read_text() for path in FOLDER.glob("*.md")} == pages()


def test_every_page_has_a_program() -> None:
    """A resource or function without an example is not described yet."""
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == {
        path.stem for path in PROGRAMS
    }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An account with the objects that the programs look up, and a project with their config."""
    with Emulator() as emulator:
        emulator.add_token("cfc_europe", "europe")
        emulator.runners.seed(id=RUNNER, name="studio 1", endpoint="https://a.example.com",
                              tags=["render"])  # fmt: skip
        emulator.templates.seed(id=TEMPLATE, name="T", description="t", body={"1": {}})
        emulator.managed_runners.seed(name="A100")
        monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
        monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
        config = {"authorization": "Bearer x", "europeToken": "cfc_europe"}
        with mocked_engine(Echo(), project="reference"):
            pulumi.runtime.set_all_config({f"reference:{key}": one for key, one in config.items()})
            yield emulator


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_runs(account: Emulator, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program of a reference page looks up or declares the page's subject."""
    exported: dict[str, object] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)
    names = runpy.run_path(str(program))
    for name, value in exported.items():
        if isinstance(value, pulumi.Output):
            exported[name] = asyncio.get_event_loop().run_until_complete(value.future())
    tests = [value for name, value in names.items() if name.startswith("test_")]
    for test in tests:
        account.runners.delete(RUNNER)
        test(monkeypatch)
    assert tests or exported
    assert [name for name, value in exported.items() if value in (None, [], {})] == []
    assert "PULUMI_CONFIG" not in os.environ
