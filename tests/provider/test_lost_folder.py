"""Every interruption of a create with every protection of the run after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..postgres import PostgresServer
from .lost_folder import INTERRUPTIONS, PROTECTIONS, Outcomes, run, table

pytestmark = pytest.mark.soak

DOCS = Path(__file__).parents[2] / "docs" / "faults.md"
PAIRS = [(one, two) for one in INTERRUPTIONS for two in PROTECTIONS]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Outcomes:
    """All pairs, run once."""
    return run(tmp_path_factory.mktemp("lost"), postgres_server.database)


@pytest.mark.parametrize(("interruption", "protection"), PAIRS)
def test_what_a_killed_run_left(outcomes: Outcomes, interruption: str, protection: str) -> None:
    """A killed run's object is there once, unless the folder is lost and nothing protects it."""
    outcome = outcomes[interruption, protection]
    assert len(outcome.before) <= 1
    if protection == "folder lost":
        assert set(outcome.after) >= set(outcome.before)
        return
    assert len(outcome.after) == 1
    assert set(outcome.after) >= set(outcome.before)
    refused = protection.endswith("`fail`") and bool(outcome.before)
    assert bool(outcome.message) is refused, outcome.message
    assert not refused or outcome.before[0] in outcome.message
    assert "hidden-value" not in outcome.message


def test_the_table_of_the_documentation(outcomes: Outcomes) -> None:
    """The page has what came of this run."""
    assert table(outcomes) in DOCS.read_text()
