"""The decision "is it gone?", for reads, updates and deletions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.client import deletion_marker
from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state.settings import CHOICES
from tests.fakes import WallClock, make_lifecycle

MACHINE = {"name": "GPU", "endpoint": "http://x"}
#: Seconds after which nothing counts as new.
LATER = 60.0


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"not_found_body": "error-object"},
        {"not_found_body": "empty"},
        {"delete": "410"},
        *({"delete": "soft", "delete_marker": name} for name in CHOICES["delete_marker"]),
    ],
    ids=str,
)
def test_what_is_gone_is_gone_for_every_operation(
    emulator: Emulator, clock: WallClock, lifecycle: Lifecycle, settings: dict[str, Any]
) -> None:
    """A refresh drops it, an update says so, and a deletion succeeds."""
    emulator.settings.change(settings)
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    emulator.runners.delete(rows[0]["id"])
    clock.sleep(LATER)
    id_, known = rows[0]["id"], rows[0]
    assert lifecycle.read(id_, known) is None
    with pytest.raises(ResourceError, match="no longer exists"):
        lifecycle.update(id_, known, MACHINE | {"name": "Other"})
    lifecycle.delete(id_, known)
    assert len(emulator.runners.all()) == 2


@pytest.mark.parametrize("settings", [{"not_found_body": "html"}, {"challenge": True}], ids=str)
def test_no_page_of_a_proxy_is_a_proof(
    emulator: Emulator, clock: WallClock, lifecycle: Lifecycle, settings: dict[str, Any]
) -> None:
    """The state keeps the object, and each operation is an error."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.runners.delete(row["id"])
    emulator.settings.change(settings)
    clock.sleep(LATER)
    for act in (
        lambda: lifecycle.read(row["id"], row),
        lambda: lifecycle.update(row["id"], row, MACHINE | {"name": "Other"}),
        lambda: lifecycle.delete(row["id"], row),
    ):
        with pytest.raises(ComfyControlError):
            act()


@pytest.mark.parametrize("body", ["error-object", "empty"])
def test_an_odd_404_of_what_is_listed_is_an_error(
    emulator: Emulator, clock: WallClock, lifecycle: Lifecycle, body: str
) -> None:
    """Only the list decides the meaning of a 404 in another format."""
    [row] = emulator.runners.seed_many(MACHINE)
    clock.sleep(LATER)
    emulator.settings.change({"not_found_body": body, "create_lag_get": 1000.0})
    with pytest.raises(ComfyControlError, match="answered 404"):
        lifecycle.read(row["id"], row)


def test_a_new_object_is_asked_for_again_before_it_is_dropped(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A database that lags behind answers 404 for some seconds (A34)."""
    emulator.settings.change({"create_lag_get": 2.0})
    outcome = lifecycle.create(MACHINE)
    assert lifecycle.read(outcome.id, outcome.known) is not None


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_a_new_object_is_changed_and_deleted_although_it_lags(
    emulator: Emulator, lifecycle: Lifecycle, operation: str
) -> None:
    """A young object that answers 404 is not called gone, and no deletion leaves it behind."""
    emulator.settings.change({"create_lag_get": 2.0})
    outcome = lifecycle.create(MACHINE)
    if operation == "update":
        lifecycle.update(outcome.id, outcome.known, MACHINE | {"name": "Other"})
        assert [row["name"] for row in emulator.runners.all()] == ["Other"]
    else:
        lifecycle.delete(outcome.id, outcome.known)
        assert emulator.runners.all() == []


def test_an_update_believes_a_404_only_from_the_owner(
    emulator: Emulator, clock: WallClock, tmp_path: Path
) -> None:
    """Another account's token does not make an object gone."""
    [row] = emulator.runners.seed_many(MACHINE)
    clock.sleep(LATER)
    emulator.add_token("cfc_other")
    lifecycle = make_lifecycle(emulator, tmp_path, clock=clock, token="cfc_other")
    with pytest.raises(ResourceError, match="belongs to another ComfyControl account"):
        lifecycle.update(row["id"], row, MACHINE | {"name": "Other"})


def test_a_put_without_a_route_is_not_called_a_missing_object(
    emulator: Emulator, clock: WallClock, lifecycle: Lifecycle
) -> None:
    """The object is there, so the address is what has to be looked at."""
    [row] = emulator.runners.seed_many(MACHINE)
    clock.sleep(LATER)
    emulator.fault("status", "PUT", times=None, status=404, message="page not found")
    with pytest.raises(ResourceError, match="although the runner exists"):
        lifecycle.update(row["id"], row, MACHINE | {"name": "Other"})


@pytest.mark.parametrize("status", [["deleted"], {"name": "deleted"}, 5, None])
def test_a_status_of_another_type_marks_nothing(status: Any) -> None:
    """Only the words count; a template has no documented status at all."""
    assert deletion_marker({"status": status}) is None
