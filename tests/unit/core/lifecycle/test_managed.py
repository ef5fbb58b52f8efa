"""At most one resource of a deployment manages an object."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_comfycontrol.core.errors import ResourceError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.lifecycle.managed import Managed
from pulumi_comfycontrol.emulator import Emulator

VALUES = {"name": "GPU", "endpoint": "http://x"}
OLD, NEW = (f"urn:pulumi:dev::test::Runner::{name}" for name in ("old", "new"))


def test_one_of_many_claims_an_object() -> None:
    """Of resources that claim one object at once, exactly one gets it."""
    managed = Managed()
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda number: managed.claim("id", f"owner-{number}"), range(8)))
    assert got.count(True) == 1


def test_a_claim_may_be_repeated_by_its_own_resource() -> None:
    """An engine that calls a create again goes on with the object of the first call."""
    managed = Managed()
    assert managed.claim("id", OLD)
    assert managed.claim("id", OLD)
    assert not managed.claim("id", NEW)
    assert not managed.claim("id")


def test_an_object_in_the_recorded_state_cannot_be_claimed() -> None:
    """A replacement must not adopt the object that it is about to delete."""
    managed = Managed()
    managed.record("id", OLD)
    assert not managed.claim("id", OLD)


def test_an_object_that_a_renamed_resource_has_adopted_is_not_deleted(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """Deleting the resource's former name succeeds, and names the resource that has the object."""
    caplog.set_level("INFO")
    [row] = emulator.runners.seed_many(VALUES)
    lifecycle.adopt(row["id"], VALUES, update=False, owner=NEW)
    lifecycle.delete(row["id"], {}, owner=OLD)
    assert [one["id"] for one in emulator.runners.all()] == [row["id"]]
    assert f"Runner {row['id']} was not deleted: resource 'new' manages it now." in caplog.text


def test_after_a_killed_run_the_resource_in_the_program_keeps_the_object(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A state that has an object under both names deletes it with the last one."""
    [row] = emulator.runners.seed_many(VALUES)
    lifecycle._managed.declare(NEW, with_object=True)
    lifecycle._managed.keep(row["id"], NEW)
    lifecycle.delete(row["id"], {}, owner=OLD)
    assert len(emulator.runners.all()) == 1
    lifecycle.delete(row["id"], {}, owner=NEW)
    assert emulator.runners.all() == []


def test_an_object_of_two_removed_resources_is_deleted(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Where the program has neither of them, both deletions succeed at once."""
    [row] = emulator.runners.seed_many(VALUES)
    for owner in (OLD, NEW):
        lifecycle.note_recorded(row["id"], owner)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda owner: lifecycle.delete(row["id"], {}, owner=owner), (OLD, NEW)))
    assert emulator.runners.all() == []


def test_an_adoption_that_failed_leaves_the_object_to_others(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A claim ends when the adoption is refused."""
    [row] = emulator.runners.seed_many(VALUES)
    with pytest.raises(ResourceError, match="differs from the program in tags"):
        lifecycle.adopt(row["id"], {**VALUES, "tags": ["a"]}, update=False, owner=OLD)
    assert lifecycle.adopt(row["id"], VALUES, update=False, owner=NEW).id == row["id"]


def declared(*owners: str) -> Managed:
    """The registry of a deployment whose program has these resources."""
    managed = Managed()
    for owner in owners:
        managed.declare(owner, with_object=True)
    return managed


def test_the_program_keeps_an_object_for_the_first_resource_only() -> None:
    """A second resource with an object is told of the first, until the first releases it."""
    managed = declared(OLD, NEW)
    assert managed.keep("id", OLD) is None
    assert managed.keep("id", OLD) is None
    assert managed.keep("id", NEW) == OLD
    assert managed.release("id", NEW) == OLD
    assert managed.claim("other", NEW)
    assert managed.keep("other", OLD) == NEW
    assert managed.release("other", OLD) == NEW
    assert managed.release("id", OLD) is None
    assert managed.keep("id", NEW) is None


def test_a_former_name_manages_nothing() -> None:
    """A refresh compares a renamed resource under the name that the program no longer has."""
    managed = declared(NEW)
    managed.record("id", OLD)
    assert managed.keep("id", OLD) is None
    assert managed.keep("id", NEW) is None


def test_the_object_of_a_renamed_resource_is_deleted_by_its_replacement() -> None:
    """The engine declares the replaced resource again, and deletes under its former name."""
    managed = declared(NEW)
    assert managed.keep("id", NEW) is None
    managed.declare(NEW, with_object=False)
    assert not managed.claim("id", NEW)
    assert managed.claim("other", NEW)
    assert managed.release("id", OLD) is None
    assert managed.release("other", NEW) is None
    managed.declare(NEW, with_object=False)
    assert managed.ids() == set()


def test_a_second_resource_keeps_the_object_of_a_replaced_one() -> None:
    """The replaced resource gets a new object, and the other one is its only manager."""
    managed = declared(OLD, NEW)
    assert managed.keep("id", OLD) is None
    assert managed.keep("id", NEW) == OLD
    managed.declare(OLD, with_object=False)
    assert managed.release("id", OLD) == NEW


def test_a_resource_without_a_known_name_stands_in_nobodys_way() -> None:
    """Its claim keeps others from the object, but nobody is told of a manager without a name."""
    managed = declared("", NEW)
    assert managed.claim("id")
    assert not managed.claim("id", OLD)
    assert managed.keep("id") is None
    assert managed.keep("id", NEW) is None
    assert managed.release("id", NEW) is None
