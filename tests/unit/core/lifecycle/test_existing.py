"""``if_exists``: creates for objects that existed before."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.setting_values import IfExists
from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state import collection
from tests.fakes import WallClock, make_lifecycle

from .test_create import end

GPU = {"name": "GPU", "endpoint": "http://x/", "tags": ["a"]}
POSTER = {"name": "Poster", "description": "One", "body": "{}"}
URN = "urn:pulumi:{}::test::type::{}"


def urn(resource: str, stack: str = "dev") -> str:
    """The URN of a resource."""
    return URN.format(stack, resource)


def test_adopt_takes_over_the_only_one_and_changes_it(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The fields that the program sets are changed, the others stay."""
    [old] = emulator.runners.seed_many({**GPU, "tags": ["old"], "headers": {"A": "kept"}})
    outcome = lifecycle.create(GPU, urn("gpu"), "adopt")
    [row] = emulator.runners.all()
    assert outcome.record.id == row["id"] == old["id"]
    assert (row["tags"], row["headers"]) == (["a"], {"A": "kept"})


def test_adopt_creates_where_nothing_has_the_identity(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Another endpoint under the same name is another runner."""
    emulator.runners.seed_many({**GPU, "endpoint": "http://y/"}, {**GPU, "name": "CPU"})
    lifecycle.create(GPU, urn("gpu"), "adopt")
    assert len(emulator.runners.all()) == 3


def test_a_template_is_recognised_by_its_name(
    emulator: Emulator, tmp_path: Path, clock: WallClock
) -> None:
    """The adopted template gets the program's description and body."""
    [old] = emulator.templates.seed_many({**POSTER, "description": "Old", "body": {"a": 1}})
    lifecycle = make_lifecycle(emulator, tmp_path, KINDS["template"], clock)
    assert lifecycle.create(POSTER, urn("poster"), "adopt").record.id == old["id"]
    [row] = emulator.templates.all()
    assert (row["description"], row["body"]) == ("One", "{}")


def test_fail_names_the_object_its_age_and_the_way_out(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock
) -> None:
    """Nothing is created, and the message can be acted on."""
    [old] = emulator.runners.seed_many(GPU)
    clock.sleep(3 * 86_400 + 5)
    with pytest.raises(ResourceError) as caught:
        lifecycle.create(GPU, urn("gpu"), "fail")
    text = str(caught.value)
    assert f"Runner {old['id']} with its name and endpoint, created 3 days ago, exists" in text
    assert f"take it over by its id {old['id']}" in text
    assert len(emulator.runners.all()) == 1


@pytest.mark.parametrize("mode", ["adopt", "fail"])
def test_several_are_an_error_with_the_ids(
    emulator: Emulator, lifecycle: Lifecycle, mode: IfExists
) -> None:
    """Which one is meant is not for the provider to guess."""
    rows = emulator.runners.seed_many(GPU, GPU)
    with pytest.raises(ResourceError, match="Several runners") as caught:
        lifecycle.create(GPU, urn("gpu"), mode)
    assert all(row["id"] in str(caught.value) for row in rows)
    assert len(emulator.runners.all()) == 2


def test_many_creates_read_the_list_once(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """The pages are read once a deployment, not once a resource."""
    emulator.runners.seed_many(*({**GPU, "name": f"Old {number}"} for number in range(150)))
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda number: lifecycle.create(
                    {**GPU, "name": f"Old {number}"}, urn(f"r{number}"), "adopt"
                ),
                range(20),
            )
        )
    pages = [one for one in emulator.requests if one.path == "/v1/runner"]
    assert Counter(one.method for one in pages) == {"GET": 2}
    assert len(emulator.runners.all()) == 150


@pytest.mark.parametrize("equal", [True, False])
def test_two_resources_never_adopt_one_object(
    emulator: Emulator, lifecycle: Lifecycle, equal: bool
) -> None:
    """Of twins that run at once, one adopts and the other one creates."""
    emulator.runners.seed_many(GPU)
    start = threading.Barrier(4)

    def create(number: int) -> str:
        start.wait()
        tags = ["a"] if equal else [f"t{number}"]
        outcome = lifecycle.create({**GPU, "tags": tags}, urn(f"r{number}"), "adopt")
        return outcome.record.id

    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(create, range(4)))
    assert sorted(ids) == sorted(row["id"] for row in emulator.runners.all())
    assert len(set(ids)) == 4


def test_two_stacks_never_adopt_one_object(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """On one machine, or with a shared store, an adopted object is on record."""
    emulator.runners.seed_many(GPU)
    one, two = (lifecycle for _ in range(2))
    first = one.create(GPU, urn("gpu"), "adopt").record.id
    assert two.create(GPU, urn("gpu", "prod"), "adopt").record.id != first


def test_two_providers_of_one_program_never_adopt_one_object(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Each native provider of a program has a process of its own, and they share the journal."""
    emulator.runners.seed_many(GPU)
    one, two = (make_lifecycle(emulator, tmp_path) for _ in range(2))
    first = one.create(GPU, urn("one"), "adopt").record.id
    assert two.create(GPU, urn("two"), "adopt").record.id != first


def test_what_the_stack_manages_is_not_adopted(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A twin that the recorded state has stays with its resource."""
    [row] = emulator.runners.seed_many(GPU)
    lifecycle.note_recorded(row["id"], urn("one"))
    assert lifecycle.create(GPU, urn("two"), "adopt").record.id != row["id"]
    assert lifecycle.create(GPU, urn("three"), "fail").record.id != row["id"]


@pytest.mark.parametrize("mode", ["adopt", "fail"])
def test_a_replacement_does_not_meet_the_object_that_it_replaces(
    emulator: Emulator, lifecycle: Lifecycle, mode: IfExists
) -> None:
    """Create before delete: with a diff the old object is known; without one, none is taken."""
    known, unknown = emulator.runners.seed_many(GPU, {**GPU, "name": "Other"})
    for name, row in (("GPU", known), ("Other", unknown)):
        lifecycle._managed.declare(urn(name), with_object=True)
        if row is known:
            lifecycle.note_recorded(row["id"], urn(name))
        new = lifecycle.create({**GPU, "name": name}, urn(name), mode).record.id
        lifecycle.delete(row["id"], {}, owner=urn(name))
        assert new in {one["id"] for one in emulator.runners.all()}
    assert len(emulator.runners.all()) == 2


@pytest.mark.parametrize("mode", ["create", "adopt", "fail"])
def test_an_object_that_this_deployment_has_deleted_exists_no_more(
    emulator: Emulator, lifecycle: Lifecycle, mode: IfExists, caplog: pytest.LogCaptureFixture
) -> None:
    """Delete before replace, after the create of another resource has read the list."""
    [row] = emulator.runners.seed_many(GPU)
    lifecycle.create({**GPU, "name": "Other"}, urn("other"), mode)
    lifecycle.delete(row["id"], GPU, owner=urn("gpu"))
    assert lifecycle.create(GPU, urn("gpu"), mode).record.id != row["id"]
    assert caplog.text == ""


def test_a_renamed_resource_keeps_the_object_that_it_adopts(
    emulator: Emulator, tmp_path: Path, clock: WallClock
) -> None:
    """The deletion of its former name, which comes last, leaves the object alone."""
    first = make_lifecycle(emulator, tmp_path, clock=clock)
    old = first.create(GPU, urn("old")).record.id
    end(first)
    second = make_lifecycle(emulator, tmp_path / "other", clock=clock)
    assert second.create(GPU, urn("new"), "adopt").record.id == old
    second.delete(old, {}, owner=urn("old"))
    assert [row["id"] for row in emulator.runners.all()] == [old]


def test_a_deployment_that_is_tried_again_adopts_its_own(
    emulator: Emulator, tmp_path: Path, clock: WallClock
) -> None:
    """The object of a failed follow-up or a killed run is adopted, on any machine."""
    emulator.fault("status", "PUT", status=403, message="no")
    values = {**GPU, "status": "disabled"}
    first = make_lifecycle(emulator, tmp_path, clock=clock)
    with pytest.raises(ComfyControlError):
        first.create(values, urn("gpu"), "adopt")
    assert first.create(values, urn("gpu"), "adopt").record.id  # an error hook
    end(first)
    again = make_lifecycle(emulator, tmp_path / "other", clock=clock)
    again.create(values, urn("gpu"), "adopt")
    assert len(emulator.runners.all()) == 1


def test_an_object_that_is_gone_meanwhile_is_not_adopted(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The list is as old as the deployment; a GET shows the present state."""
    one, two = emulator.runners.seed_many(GPU, {**GPU, "name": "Other"})
    lifecycle.create({**GPU, "name": "Other"}, urn("other"), "adopt")
    emulator.runners.delete(one["id"])
    new = lifecycle.create(GPU, urn("gpu"), "adopt").record.id
    assert {row["id"] for row in emulator.runners.all()} == {two["id"], new}


@pytest.mark.parametrize(
    "variant", [{"text": "trimmed"}, {"endpoint_path": "no-slash"}, {"tags": "lower"}], ids=str
)
def test_a_lost_answer_of_an_api_with_forms_of_its_own_heals(
    emulator: Emulator, tmp_path: Path, clock: WallClock, variant: dict[str, str]
) -> None:
    """An ambiguous object is adopted by the next run with `if_exists` "adopt"."""
    emulator.settings.change(variant)
    values = {"name": "GPU ", "endpoint": "http://x/a/", "tags": ["A"]}
    emulator.fault("drop_after", "POST")
    first = make_lifecycle(emulator, tmp_path, clock=clock)
    with pytest.raises(ResourceError, match="resembles"):
        first.create(values, urn("gpu"), "adopt")
    end(first)
    make_lifecycle(emulator, tmp_path, clock=clock).create(values, urn("gpu"), "adopt")
    assert len(emulator.runners.all()) == 1


def test_a_list_that_cannot_be_read_creates_nothing(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Without the list it is not known what exists."""
    emulator.fault("status", "GET", times=None, status=403, message="no")
    with pytest.raises(ComfyControlError):
        lifecycle.create(GPU, urn("gpu"), "adopt")
    assert emulator.runners.all() == []


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings of equal objects."""
    return [one.getMessage() for one in caplog.records if "equals this resource" in one.message]


def test_a_folder_that_does_not_know_the_stack_is_told_of_each_kind(
    emulator: Emulator, tmp_path: Path, clock: WallClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A lost machine's objects are named, for one list page a kind and stack."""
    wanted = {"runner": GPU, "template": POSTER}
    left = [emulator.runners.seed(**GPU)["id"], emulator.templates.seed(**POSTER)["id"]]
    for run in range(2):
        for label, values in wanted.items():
            one = make_lifecycle(emulator, tmp_path, KINDS[label], clock)
            one.create(values, urn(f"{label}-{run}"))
            one.create({**values, "name": "Other"}, urn(f"{label}-{run}-other"))
            end(one)
    assert [any(id_ in text for text in warned(caplog)) for id_ in left] == [True, True]
    assert len(warned(caplog)) == 2
    lists = [one.path for one in emulator.requests if one.method == "GET"]
    assert lists == ["/v1/runner", "/v1/template"]


def test_twins_in_a_new_folder_are_no_reason_for_a_warning(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """Equal resources of one program don't take each other for an orphan."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: lifecycle.create(GPU, urn(f"r{number}")), range(4)))
    assert len(emulator.runners.all()) == 4
    assert warned(caplog) == []


def test_a_twin_that_the_engine_tells_of_late_is_no_reason_for_a_warning(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """The state has it, and its resource comes after the new one in the program."""
    [old] = emulator.runners.seed_many(GPU)
    emulator.fault("call", "POST", function=lambda: lifecycle.note_recorded(old["id"], urn("late")))
    lifecycle.create(GPU, urn("early"))
    assert [one.method for one in emulator.requests] == ["GET", "POST"]
    assert warned(caplog) == []


def test_a_warning_of_an_equal_object_outlives_a_failed_request(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """The next run does not look again, so this one has to tell."""
    [left] = emulator.runners.seed_many(GPU)
    emulator.fault("status", "POST", status=403, message="no")
    with pytest.raises(ComfyControlError):
        lifecycle.create(GPU, urn("gpu"))
    [text] = warned(caplog)
    assert left["id"] in text


@pytest.mark.parametrize("policy", ["create", "adopt"])
@pytest.mark.parametrize(
    ("label", "odd"),
    [
        ("runner", {"headers": [{"name": "A", "value": "b"}]}),
        ("runner", {"tags": "a,b"}),
        ("runner", {"endpoint": {"url": "http://x/"}}),
        ("runner", {"name": None}),
        ("template", {"body": {"a": 1}}),
        ("template", {"body": "no JSON"}),
        ("template", {"name": ["Poster"]}),
    ],
    ids=str,
)
def test_items_of_a_list_in_another_form_are_read_by_their_ids(
    emulator: Emulator,
    tmp_path: Path,
    clock: WallClock,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    odd: dict[str, Any],
    policy: IfExists,
) -> None:
    """An unusable field counts as missing (A32): neither a failure nor a reason for a duplicate."""
    values = {"runner": GPU, "template": POSTER}[label]
    dashboard = {"runner": emulator.runners, "template": emulator.templates}[label]
    old = dashboard.seed(**values)
    clock.sleep(7200)  # too old for what a lost answer left

    def page(name: str, items: list[Any], total: int, _settings: Any) -> dict[str, Any]:
        return {name: [item | odd for item in items], "total": total}

    monkeypatch.setattr(collection, "page_answer", page)
    lifecycle = make_lifecycle(emulator, tmp_path, KINDS[label], clock)
    if policy == "create":
        emulator.fault("drop_after", "POST")
    record = lifecycle.create(values, urn("one"), policy).record
    assert (record.id == old["id"]) is (policy == "adopt")
    assert len(dashboard.all()) == (1 if policy == "adopt" else 2)
