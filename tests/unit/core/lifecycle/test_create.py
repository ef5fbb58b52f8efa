"""At most one object per create, whatever happens to the answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.pages import Page
from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.journal.holders import FileHolders
from pulumi_comfycontrol.core.journal.opened import local_journal
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import make_lifecycle

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}, "tags": ["t"]}
URN = "urn:pulumi:dev::test::pulumi-python:dynamic/comfycontrol:Runner::gpu"


def end(lifecycle: Lifecycle) -> None:
    """Let a process be killed."""
    holders = lifecycle._journal._holders
    assert isinstance(holders, FileHolders)
    assert holders._own
    holders._own.release()


@pytest.mark.parametrize(
    "fault",
    [
        ("drop_after", {}),
        ("truncate", {}),
        ("empty", {}),
        ("html_after", {"status": 502}),
        ("status_after", {"status": 500}),
        ("drop_before", {}),
        ("status", {"status": 503}),
        ("html", {"status": 504}),
        ("status", {"status": 429}),
    ],
    ids=str,
)
def test_one_fault_at_the_post_makes_one_object(
    emulator: Emulator, lifecycle: Lifecycle, fault: tuple[str, dict[str, Any]]
) -> None:
    """Whether the API acted or not, there is one object in the end, and it is ours."""
    emulator.fault(fault[0], "POST", **fault[1])
    record = lifecycle.create(VALUES, URN)
    assert [row["id"] for row in emulator.runners.all()] == [record.id]


def test_an_equal_object_from_before_is_not_taken(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """An older equal runner is not mistaken for the object of a lost POST."""
    [old] = emulator.runners.seed_many({**VALUES, "created_at": "2024-01-01T00:00:00Z"})
    emulator.fault("drop_before", "POST")
    record = lifecycle.create(VALUES, URN)
    assert record.id != old["id"]
    assert len(emulator.runners.all()) == 2


def test_two_candidates_are_an_error_that_names_both(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """With an equal runner that was created outside in the same second, no other is created."""
    emulator.fault("call", "POST", function=lambda: emulator.runners.seed_many(VALUES))
    emulator.fault("drop_after", "POST")
    emulator.clear_faults()
    emulator.runners.seed_many(VALUES)
    emulator.fault("drop_after", "POST")
    with pytest.raises(ResourceError) as caught:
        lifecycle.create(VALUES, URN)
    assert all(row["id"] in str(caught.value) for row in emulator.runners.all())
    assert len(emulator.runners.all()) == 2
    assert "hidden-value" not in str(caught.value)


def test_two_equal_creates_own_two_objects(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """Equal runners of one program are kept apart, also when both answers are lost."""
    emulator.fault("drop_after", "POST", times=2)
    ids = {lifecycle.create(VALUES, f"{URN}{n}").id for n in range(2)}
    assert ids == {row["id"] for row in emulator.runners.all()}
    assert len(ids) == 2


def test_the_next_process_finds_what_a_failed_search_left(
    emulator: Emulator, tmp_path: Path
) -> None:
    """When even looking fails, the attempt stays on record and the next `up` adopts the object."""
    emulator.fault("drop_after", "POST")
    emulator.fault("status", "GET", times=None, status=500)
    with pytest.raises(ComfyControlError, match="try again: it looks for that object"):
        make_lifecycle(emulator, tmp_path).create(VALUES, URN)
    emulator.clear_faults()
    record = make_lifecycle(emulator, tmp_path).create(VALUES, URN)
    assert [row["id"] for row in emulator.runners.all()] == [record.id]


def test_a_program_changed_in_between_still_finds_the_orphan(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The orphan is recognised by the values sent then, and changed to the present ones."""
    emulator.fault("drop_after", "POST")
    emulator.fault("status", "GET", times=None, status=500)
    with pytest.raises(ComfyControlError):
        make_lifecycle(emulator, tmp_path).create(VALUES, URN)
    emulator.clear_faults()
    make_lifecycle(emulator, tmp_path).create({**VALUES, "name": "Renamed"}, URN)
    assert [row["name"] for row in emulator.runners.all()] == ["Renamed"]


def test_the_journal_has_no_secret(emulator: Emulator, tmp_path: Path) -> None:
    """Neither header values nor the token reach the disk."""
    make_lifecycle(emulator, tmp_path).create(VALUES, URN)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"hidden-value" not in kept
    assert emulator.token.encode() not in kept


def test_a_folder_that_cannot_be_used_fails_no_create(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a journal on disk creates still work, and a warning says what is missing."""
    (tmp_path / "file").write_text("")
    lifecycle = make_lifecycle(emulator, tmp_path / "file" / "journal")
    lifecycle.create(VALUES, URN)
    assert "can't be used" in caplog.text


def test_attempts_of_a_living_engine_are_held(tmp_path: Path) -> None:
    """Another process's finished attempt is not an orphan while its engine lives."""
    journal = local_journal(tmp_path, "http://api")
    number = journal.begin("runner", URN, "00" * 32, 1.0)
    journal.answered(number, URN, "id-1")
    [attempt] = local_journal(tmp_path, "http://api").attempts("runner", URN, "00" * 32)
    assert attempt.held
    journal.delivered(URN)
    journal.close()
    assert local_journal(tmp_path, "http://api").attempts("runner", URN, "00" * 32) == []


def test_another_accounts_token_forgets_no_orphan(emulator: Emulator, tmp_path: Path) -> None:
    """The object of a killed create is taken by the next create with the token of its account."""
    other = "cfc_other"
    emulator.add_token(other)
    for known in (True, False):  # whether the killed process knew the id
        folder, owner = tmp_path / str(known), f"{URN}-{known}"
        values = {**VALUES, "name": f"GPU {known}"}
        emulator.fault("drop_after", "POST")
        emulator.fault("status", "GET", times=None if not known else 1, status=500)
        killed = make_lifecycle(emulator, folder, operation_timeout=1.0)
        if known:
            emulator.clear_faults()
            killed.create(values, owner)
        else:
            with pytest.raises(ComfyControlError):
                killed.create(values, owner)
            emulator.clear_faults()
        [orphan] = [row for row in emulator.runners.all() if row["name"] == values["name"]]
        end(killed)
        theirs = make_lifecycle(emulator, folder, token=other)
        assert theirs.create(values, owner).id != orphan["id"]
        end(theirs)
        assert make_lifecycle(emulator, folder).create(values, owner).id == orphan["id"]


def test_a_time_without_a_zone_is_utc(
    emulator: Emulator, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lost create is found in every time zone of this machine."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        emulator.fault("drop_after", "POST")
        original = lifecycle._client.listing

        def listing(path: str, plural: str, number: int) -> Page:
            found = original(path, plural, number)
            items = [
                {**item, "created_at": item["created_at"].removesuffix("Z")} for item in found.items
            ]
            return Page(items, found.total)

        monkeypatch.setattr(lifecycle._client, "listing", listing)
        lifecycle.create(VALUES, URN)
        assert len(emulator.runners.all()) == 1
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_an_object_of_unknown_age_is_not_taken(
    emulator: Emulator, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a readable time, an equal object may be an old one of others; it is named instead."""
    [row] = emulator.runners.seed_many(VALUES)
    emulator.fault("drop_before", "POST")
    original = lifecycle._client.listing

    def listing(path: str, plural: str, number: int) -> Page:
        found = original(path, plural, number)
        return Page([{**item, "created_at": "lately"} for item in found.items], found.total)

    monkeypatch.setattr(lifecycle._client, "listing", listing)
    with pytest.raises(ResourceError, match="one that equals it exists") as caught:
        lifecycle.create(VALUES, URN)
    assert row["id"] in str(caught.value)
    assert len(emulator.runners.all()) == 1


def test_a_fingerprint_is_without_secrets_in_any_order() -> None:
    """A secret may be a part of another secret, and may have characters outside of ASCII."""
    one = {"name": "GPU", "endpoint": "https://bo:boß@x", "headers": {"A": "bo", "B": "boß"}}
    two = {"name": "GPU", "endpoint": "https://bo:boß@x", "headers": {"B": "boß", "A": "bo"}}
    assert RUNNER.fingerprint(one) == RUNNER.fingerprint(two)
    other = one | {"endpoint": "https://bo:other@x"}
    assert RUNNER.fingerprint(one) == RUNNER.fingerprint(other)
