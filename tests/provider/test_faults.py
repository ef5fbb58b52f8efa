"""Every fault with every operation: the state, the messages, and the objects in the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fakes import has_advice

from .host import Host
from .matrix import FAULTS, OPERATIONS, VALUES, Outcomes, run, table
from .native import NativeHost

ROOT = Path(__file__).parents[2]
PAIRS = [(fault, operation) for fault in FAULTS for operation in OPERATIONS]
REFUSALS = ("400", "401", "403")
DOING = {"create": "Creating", "read": "Reading", "update": "Updating", "delete": "Deleting"}


@pytest.fixture(scope="module", params=[Host, NativeHost], ids=["dynamic", "native"])
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """All pairs, run once for each front-end."""
    return run(tmp_path_factory.mktemp("faults"), request.param)


@pytest.mark.parametrize(("fault", "operation"), PAIRS)
def test_a_fault_is_survived(outcomes: Outcomes, fault: str, operation: str) -> None:
    """Only a refusal fails an operation; in the end each object is there once.

    A part of an update that is refused by 400 is sent again with all fields (A16).
    """
    outcome = outcomes[fault, operation]
    is_final = fault in REFUSALS and (fault, operation) != ("400", "update")
    assert bool(outcome.once) is is_final, outcome.once
    assert outcome.objects == outcome.expected


@pytest.mark.parametrize(("fault", "operation"), PAIRS)
def test_a_message_is_one_clean_sentence(outcomes: Outcomes, fault: str, operation: str) -> None:
    """It names operation, resource, method and path, and neither token nor header value."""
    for text, name in (
        (outcomes[fault, operation].once, f"{operation}-one"),
        (outcomes[fault, operation].lasting, f"{operation}-two"),
    ):
        if text:
            method = OPERATIONS[operation]
            start = f"{DOING[operation]} runner '{name}' failed: "
            assert text.startswith(start)
            assert f"{method} /v1/runner" in text
            assert has_advice(text)
            assert "\n" not in text
            assert not re.search(rf"Traceback|cfc_|{VALUES['headers']['A']}", text)


def test_a_post_is_never_repeated_blindly(outcomes: Outcomes) -> None:
    """After an unknown outcome, the list is looked at before anything is sent again."""
    for fault in FAULTS:
        sent = outcomes[fault, "create"].requests
        if fault not in {*REFUSALS, "429"}:
            assert sent[:2] == ["POST", "GET"], fault
        acted = "after acting" in fault or fault in {"empty 200", "cut-off answer"}
        late = fault == "timeout before acting"  # the API acts although no client waits any more
        assert sent.count("POST") == (1 if acted or late or fault in REFUSALS else 2), fault


def test_the_documented_table_is_what_happened(outcomes: Outcomes) -> None:
    """docs/faults.md has these rows; `python -m tests.provider.matrix` prints them."""
    assert table(outcomes) in (ROOT / "docs" / "faults.md").read_text()
