"""Managed runners as the documentation has them [docs: managed-runners/*]."""

from __future__ import annotations

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import NOBODY, Api, error_of


@pytest.mark.parametrize(
    ("tier", "types"),
    [("pro", {"pro"}), ("plus", {"pro", "plus"}), ("enterprise", {"pro", "plus"})],
)
def test_a_tier_sees_its_types(tier: str, types: set[str]) -> None:
    """Other types are neither in the list nor in the total, and 404 by id (A20, A21)."""
    with Emulator(tier=tier) as emulator, Api(emulator.url) as api:
        page = api.get("/v1/managed-runner")
        assert {one["runner_type"] for one in page["runners"]} == types
        assert page["total"] == len(types)
        for row in emulator.managed_runners.all():
            seen = api.send("GET", f"/v1/managed-runner/{row['id']}").status_code == 200
            assert seen == (row["runner_type"] in types)


@pytest.mark.parametrize("path", ["", f"/{NOBODY}", f"/{NOBODY}/stats"])
def test_the_free_tier_is_refused(path: str) -> None:
    """With the documented message."""
    with Emulator(tier="free") as emulator, Api(emulator.url) as api:
        answer = api.send("GET", f"/v1/managed-runner{path}")
        assert error_of(answer) == (403, "Managed runners require Pro or Plus tier")


def test_a_managed_runner_has_the_documented_fields(api: Api) -> None:
    """No owner, endpoint or headers."""
    for one in api.get("/v1/managed-runner")["runners"]:
        assert one.keys() == {
            "id",
            "name",
            "runner_type",
            "status",
            "tags",
            "created_at",
            "updated_at",
        }
        assert api.get(f"/v1/managed-runner/{one['id']}") == one
        assert api.get(f"/v1/managed-runner/{one['id']}/stats")["system"]["ram_total"] > 2**32


def test_only_active_ones_are_shown(emulator: Emulator, api: Api) -> None:
    """A disabled one is 404."""
    row = emulator.managed_runners.seed(name="new", tags=["a"])
    assert api.get("/v1/managed-runner", per_page=1)["runners"][0]["name"] == "new"
    emulator.managed_runners.edit(row["id"], status="disabled")
    assert api.get("/v1/managed-runner")["total"] == 2
    assert error_of(api.send("GET", f"/v1/managed-runner/{row['id']}"))[0] == 404


def test_a_machine_out_of_reach_is_500(emulator: Emulator, api: Api) -> None:
    """As for the user's own runners."""
    row = emulator.managed_runners.seed(reachable=False)
    assert error_of(api.send("GET", f"/v1/managed-runner/{row['id']}/stats"))[0] == 500


def test_they_can_not_be_changed(api: Api) -> None:
    """There is nothing to create, update or delete."""
    assert api.send("POST", "/v1/managed-runner", json={}).status_code == 405
    assert api.send("DELETE", f"/v1/managed-runner/{NOBODY}").status_code == 405
