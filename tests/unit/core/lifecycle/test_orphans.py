"""No second POST on weak evidence, whatever the API did with a create whose answer is lost."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.lifecycle.orphans import OrphanSearch
from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.core.words import NEUTRAL
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import WallClock, make_lifecycle

from .test_create import end

RUNNER = {
    "name": "Gpu e\u0301 ",
    "endpoint": "http://Host/a/../B/",
    "headers": {"A": "hidden-value"},
    "tags": ["B", "a"],
}
TEMPLATE = {"name": "Po\u0301rtrait ", "description": "One ", "body": '{"seed":12345678901234567}'}
VALUES: dict[str, dict[str, Any]] = {"runner": RUNNER, "template": TEMPLATE}
URN = "urn:pulumi:dev::test::type::gpu"
VARIANTS: list[dict[str, Any]] = [
    {"text": "trimmed"},
    {"text": "nfc"},
    {"tags": "lower"},
    {"tags": "added"},
    {"tags": "sorted"},
    {"normalize_endpoint": True},
    {"endpoint_path": "no-slash"},
    {"endpoint_path": "slash"},
    {"endpoint_path": "resolved"},
    {"mask_headers": True},
    {"template_numbers": "doubles"},
    {"sort_template_keys": True},
    {"ids": "integer"},
    {"times": "epoch"},
    {"fractions": True},
    {"list_order": "oldest"},
    {"list_page_cap": 50},
    {"list_omits": ["headers", "tags"]},
    {"list_total": "missing"},
    {"list_total": "page"},
    {"list_form": "bare"},
    {"list_empty": "null"},
    {"omit_optional": True},
    {"text": "trimmed", "tags": "lower", "endpoint_path": "resolved", "mask_headers": True},
]


def objects(emulator: Emulator, label: str) -> list[dict[str, Any]]:
    """All objects of a kind."""
    return {"runner": emulator.runners, "template": emulator.templates}[label].all()


@pytest.mark.parametrize("label", KINDS)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("before", [0, 120], ids=["first", "among many"])
def test_a_lost_answer_never_leads_to_two_objects(
    emulator: Emulator,
    tmp_path: Path,
    clock: WallClock,
    label: str,
    variant: dict[str, Any],
    before: int,
) -> None:
    """In every reading of the API there is one object, or an error that names it."""
    values = VALUES[label]
    seeded = {**values, "name": "Other", "created_at": "2024-01-01T00:00:00Z"}
    {"runner": emulator.runners, "template": emulator.templates}[label].seed_many(
        *[seeded] * before
    )
    emulator.settings.change(variant)
    for _ in range(2):  # the run whose answer is lost, and, where it fails, the next one
        emulator.fault("drop_after", "POST")
        lifecycle = make_lifecycle(emulator, tmp_path, KINDS[label], clock)
        with suppress(ComfyControlError):
            lifecycle.create(values, URN)
            break
        end(lifecycle)
        assert len(objects(emulator, label)) == before + 1
        clock.sleep(30)
    assert len(objects(emulator, label)) == before + 1


@pytest.mark.parametrize("variant", [{"text": "trimmed"}, {"endpoint_path": "no-slash"}], ids=str)
def test_an_object_that_resembles_what_was_sent_is_named(
    emulator: Emulator, lifecycle: Lifecycle, variant: dict[str, Any]
) -> None:
    """Where the API has changed a value, its object is ambiguous."""
    emulator.settings.change(variant)
    emulator.fault("drop_after", "POST")
    with pytest.raises(ResourceError, match="one that resembles it exists") as caught:
        lifecycle.create(RUNNER, URN)
    [row] = emulator.runners.all()
    assert row["id"] in str(caught.value)
    assert "nothing was created" in str(caught.value)


def test_a_resource_with_another_name_is_no_doubt(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A fleet whose runners differ in nothing but the name goes on after a lost answer."""
    emulator.runners.seed_many({**RUNNER, "name": "Other"})
    emulator.fault("drop_before", "POST")
    lifecycle.create(RUNNER, URN)
    assert len(emulator.runners.all()) == 2


def test_an_equal_object_of_the_last_hour_is_in_doubt_without_the_apis_clock(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock
) -> None:
    """The Date header alone does not prove that an object is older than a request."""
    [old] = emulator.runners.seed_many(RUNNER)
    clock.sleep(60)
    emulator.fault("drop_before", "POST")
    with pytest.raises(ResourceError, match=old["id"]):
        lifecycle.create(RUNNER, URN)
    assert len(emulator.runners.all()) == 1


@pytest.mark.parametrize("step", [-3000.0, -60.0, 60.0, 3000.0])
@pytest.mark.parametrize("killed", [False, True], ids=["in one run", "between two runs"])
@pytest.mark.parametrize("learned", [False, True])
def test_a_clock_that_is_set_since_the_request_makes_no_duplicate(
    clock: WallClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: float,
    killed: bool,
    learned: bool,
) -> None:
    """By less than an hour: the object is taken over, or named."""
    found = OrphanSearch.find

    def find(search: OrphanSearch, *args: Any, **options: Any) -> Any:
        monkeypatch.setattr(clock, "time", lambda: clock.now + step)
        return found(search, *args, **options)

    with Emulator(clock=WallClock(), rate_limit=False) as emulator:
        one = make_lifecycle(emulator, tmp_path, clock=clock)
        if learned and not killed:
            one.create({**RUNNER, "name": "First"}, f"{URN}-first")
        emulator.fault("drop_after", "POST")
        if killed:
            emulator.fault("status", "GET", times=None, status=403)
            with pytest.raises(ComfyControlError):
                one.create(RUNNER, URN)
            emulator.clear_faults()
            end(one)
            monkeypatch.setattr(clock, "time", lambda: clock.now + step)
            one = make_lifecycle(emulator, tmp_path, clock=clock)
            if learned:
                one.create({**RUNNER, "name": "First"}, f"{URN}-first")
        monkeypatch.setattr(OrphanSearch, "find", find)
        with suppress(ResourceError):
            one.create(RUNNER, URN)
        assert len(emulator.runners.all()) == 1 + learned


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_each_of_two_equal_lost_creates_gets_an_object_of_its_time(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock, tmp_path: Path, order: str
) -> None:
    """In two stacks; the earlier one takes the older object, whichever the list begins with."""
    urns = [URN, URN.replace("dev", "other")]
    emulator.settings.change({"list_order": order})
    emulator.fault("status", "GET", times=None, status=403)
    for urn in urns:
        emulator.fault("drop_after", "POST")
        with pytest.raises(ComfyControlError):
            lifecycle.create(RUNNER, urn)
        clock.sleep(30)
    emulator.clear_faults()
    end(lifecycle)
    again = make_lifecycle(emulator, tmp_path, clock=clock)
    found = [again.create(RUNNER, urn).id for urn in urns]
    assert found == [row["id"] for row in reversed(emulator.runners.all())]


def test_an_answer_tells_the_apis_clock(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock
) -> None:
    """After one create, an older equal object is certain not to be ours."""
    [old] = emulator.runners.seed_many(RUNNER)
    clock.sleep(60)
    lifecycle.create({**RUNNER, "name": "First"}, f"{URN}-first")
    emulator.fault("drop_before", "POST")
    assert lifecycle.create(RUNNER, URN).id != old["id"]
    assert len(emulator.runners.all()) == 3


@pytest.mark.parametrize("ahead", [-30.0, -6.0, 6.0, 30.0])
@pytest.mark.parametrize("learned", [False, True])
def test_the_clock_of_an_edge_makes_no_duplicate(
    emulator: Emulator,
    lifecycle: Lifecycle,
    monkeypatch: pytest.MonkeyPatch,
    ahead: float,
    learned: bool,
) -> None:
    """A Date header of another clock than the timestamps' neither hides nor doubles the object."""
    monkeypatch.setattr(Client, "clock_offset", property(lambda _: ahead))
    if learned:
        lifecycle.create({**RUNNER, "name": "First"}, f"{URN}-first")
    emulator.fault("drop_after", "POST")
    with suppress(ResourceError) if not learned else nullcontext():
        lifecycle.create(RUNNER, URN)
    assert len(emulator.runners.all()) == 1 + learned


def test_a_surplus_that_a_late_request_left_is_named(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """When the API carries the first request out after the second, the user learns the id."""
    late: list[dict[str, Any]] = []
    emulator.fault("drop_before", "POST")
    emulator.fault("call", "POST", function=lambda: late.extend(emulator.runners.seed_many(RUNNER)))
    record = lifecycle.create(RUNNER, URN)
    [surplus] = late
    assert record.id != surplus["id"]
    assert f"perhaps it created {surplus['id']}" in caplog.text


def test_a_listed_object_that_cannot_be_read_is_named_with_advice(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock, tmp_path: Path
) -> None:
    """Nothing is created as long as its GET answers 404, in the same run and in the next one."""
    emulator.settings.change({"list_omits": ["headers"], "create_lag_get": 1000.0})
    emulator.fault("drop_after", "POST")
    again = rf"(?i)the list shows runner \S+, but GET \S+ answered 404.*; {NEUTRAL.again}\."
    with pytest.raises(ResourceError, match=again):
        lifecycle.create(RUNNER, URN)
    end(lifecycle)
    with pytest.raises(ResourceError, match=again):
        make_lifecycle(emulator, tmp_path, clock=clock).create(RUNNER, URN)
    assert len(emulator.runners.all()) == 1


def test_a_list_that_lags_behind_is_looked_at_again(
    emulator: Emulator, lifecycle: Lifecycle, caplog: pytest.LogCaptureFixture
) -> None:
    """A list without the newest objects can't show the first request's, but does later on."""
    emulator.settings.change({"create_lag_list": 5.0})
    emulator.fault("drop_after", "POST")
    record = lifecycle.create(RUNNER, URN)
    [surplus] = [row for row in emulator.runners.all() if row["id"] != record.id]
    assert f"perhaps it created {surplus['id']}" in caplog.text


@pytest.mark.parametrize("lag", [1.0, 5.0, 12.0])
def test_a_list_that_lags_behind_this_runs_creates_doubles_nothing(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock, lag: float
) -> None:
    """Before a second POST the list has to show the object that was created right before."""
    emulator.settings.change({"create_lag_list": lag})
    first = lifecycle.create({**RUNNER, "name": "First"}, f"{URN}-first")
    clock.sleep(0.5)
    emulator.fault("drop_after", "POST")
    second = lifecycle.create(RUNNER, URN)
    assert {row["id"] for row in emulator.runners.all()} == {first.id, second.id}


def test_a_list_that_stays_behind_refuses_a_second_post(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock
) -> None:
    """The message names the missing object; the next run, later, takes over what was created."""
    emulator.settings.change({"create_lag_list": 60.0})
    first = lifecycle.create({**RUNNER, "name": "First"}, f"{URN}-first")
    emulator.fault("drop_after", "POST")
    began = clock.now
    with pytest.raises(ResourceError, match=f"list still lacks runner {first.id}") as caught:
        lifecycle.create(RUNNER, URN)
    assert clock.now - began < 30
    assert "no second one was created; try again" in str(caught.value)
    clock.sleep(60)
    second = lifecycle.create(RUNNER, URN)
    assert {row["id"] for row in emulator.runners.all()} == {first.id, second.id}


def test_an_object_that_was_deleted_since_does_not_make_a_list_look_late(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A GET tells the two apart."""
    first = lifecycle.create({**RUNNER, "name": "First"}, f"{URN}-first")
    emulator.runners.delete(first.id)
    emulator.fault("drop_before", "POST")
    second = lifecycle.create(RUNNER, URN)
    assert [row["id"] for row in emulator.runners.all()] == [second.id]


@pytest.mark.parametrize(("changes", "is_read"), [(1, True), (4, True), (5, False)])
def test_a_list_that_changes_while_it_is_read_is_read_again(
    emulator: Emulator, lifecycle: Lifecycle, changes: int, *, is_read: bool
) -> None:
    """Other creates of the same run change it; only one that never rests is an error."""
    for number in range(18):  # with the lost one and another, a number at which pages may be capped
        emulator.runners.seed(name=f"Other {number}", endpoint="http://other")
    others: list[str] = []

    def change() -> None:
        if others:
            emulator.runners.delete(others.pop())
        else:
            others.append(emulator.runners.seed(name="Another", endpoint="http://other")["id"])

    emulator.fault("drop_after", "POST")
    emulator.fault("call", "GET", "/v1/runner", times=2 * changes, function=change)
    with nullcontext() if is_read else pytest.raises(ResourceError, match="changed while they"):
        lifecycle.create(RUNNER, URN)
    assert sum(row["name"] == RUNNER["name"] for row in emulator.runners.all()) == 1
