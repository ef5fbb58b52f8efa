"""Equal objects, several processes, kills at bad moments: each object has one owner."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.journal.holders import FileHolders
from pulumi_comfycontrol.core.journal.journal import Caller
from pulumi_comfycontrol.core.journal.opened import local_journal
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle, Unfinished
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import WallClock, make_client

VALUES = {"name": "GPU", "endpoint": "http://x", "headers": {"A": "hidden-value"}, "tags": ["t"]}
URN = "urn:pulumi:{}::test::pulumi-python:dynamic/comfycontrol:Runner::{}"


class Process:
    """A provider process's own objects; its engine is gone after ``leaves`` on the clock."""

    def __init__(self, emulator: Emulator, folder: Path, clock: WallClock, **settings: Any) -> None:
        self.leaves = math.inf
        self.is_awaited = lambda: clock.now <= self.leaves
        token = settings.pop("token", emulator.token)
        self.journal = local_journal(
            folder, emulator.url, Caller(is_awaited=self.is_awaited), token=token
        )
        client = make_client(emulator, clock, token=token, **settings)
        self.lifecycle = Lifecycle(client, RUNNER, self.journal, clock)

    def create(self, resource: str, values: dict[str, Any] = VALUES, stack: str = "dev") -> str:
        """Create, and deliver the id to the engine."""
        owner = URN.format(stack, resource)
        record = self.lifecycle.create(values, owner)
        if self.is_awaited():
            self.journal.delivered(owner)
        return record.id

    def lose(self, emulator: Emulator, resource: str, *, acted: bool, stack: str = "dev") -> None:
        """Create with a lost answer."""
        emulator.fault("drop_after" if acted else "drop_before", "POST")
        emulator.fault("status", "GET", times=None, status=500)
        with pytest.raises(ComfyControlError, match="try again: it looks for that object"):
            self.create(resource, stack=stack)
        emulator.clear_faults()

    def end(self) -> None:
        """End regularly."""
        self.journal.close()

    def die(self) -> None:
        """Be killed: only the operating system cleans up."""
        holders = self.journal._holders
        assert isinstance(holders, FileHolders)
        assert holders._own
        holders._own.release()


Start = Callable[..., Process]


@pytest.fixture
def start(emulator: Emulator, tmp_path: Path, clock: WallClock) -> Start:
    """Start processes that share a journal."""
    return lambda **settings: Process(emulator, tmp_path, clock, **settings)


def test_two_equal_orphans_find_their_two_owners(start: Start, emulator: Emulator) -> None:
    """As many equal objects as equal lost attempts are no riddle: it makes no difference."""
    for stack in ("blue", "green"):
        start().lose(emulator, "one", acted=True, stack=stack)
    ids = {start().create("one", stack=stack) for stack in ("green", "blue")}
    assert ids == {row["id"] for row in emulator.runners.all()}
    assert len(ids) == 2


def test_one_object_more_than_lost_attempts_is_an_error(start: Start, emulator: Emulator) -> None:
    """An equal object of others among two orphans is ambiguous; the way out is named."""
    for stack in ("blue", "green"):
        start().lose(emulator, "one", acted=True, stack=stack)
    emulator.runners.seed(**VALUES)
    with pytest.raises(ResourceError, match="delete the surplus in the dashboard"):
        start().create("one", stack="blue")
    assert len(emulator.runners.all()) == 3


def test_while_an_equal_orphan_is_looked_for_in_vain_nothing_is_sent(
    start: Start, emulator: Emulator
) -> None:
    """An equal create of the same stack does not add a second riddle to the first."""
    first = start()
    first.lose(emulator, "one", acted=True)
    emulator.fault("status", "GET", times=None, status=500)
    with pytest.raises(ComfyControlError):
        first.create("two")
    emulator.clear_faults()
    ids = {first.create("two"), first.create("one")}
    assert ids == {row["id"] for row in emulator.runners.all()}
    assert len(ids) == 2


@pytest.mark.parametrize("knows", [False, True], ids=["told", "shown"])
def test_what_an_ended_run_made_is_not_taken_by_an_equal_attempt(
    start: Start, emulator: Emulator, knows: bool
) -> None:
    """A lost attempt does not take the equal object of another resource or another stack."""
    first = start()
    first.lose(emulator, "one", acted=False)
    two = first.create("two")
    first.end()
    if knows:
        between = start()
        between.lifecycle.note_recorded(two)
        between.end()
    one = start().create("one")
    assert one != two
    assert len(emulator.runners.all()) == 2


def test_an_equal_create_right_after_another_run_does_not_take_its_object(
    start: Start, emulator: Emulator
) -> None:
    """A POST without effect does not find the object of a run that ended a second ago."""
    first = start()
    one = first.create("one")
    first.end()
    emulator.fault("drop_before", "POST")
    assert start().create("two") != one
    assert len(emulator.runners.all()) == 2


def test_looking_waits_for_an_equal_create_that_is_under_way(
    start: Start, emulator: Emulator
) -> None:
    """An object whose answer is on its way is not taken for an orphan that equals it."""
    first = start()
    first.lose(emulator, "one", acted=False)
    first.end()
    second = start()
    ids: list[str] = []
    looking = threading.Thread(
        target=lambda: ids.append(second.create("one", {**VALUES, "name": "Changed"}))
    )

    def answer_late() -> None:
        looking.start()
        looking.join(0.3)

    emulator.fault("call", "POST", function=answer_late)
    ids.append(start().create("two"))
    looking.join()
    assert len(set(ids)) == 2
    assert {row["name"] for row in emulator.runners.all()} == {"GPU", "Changed"}


def test_an_answer_that_nobody_waited_for_is_taken_by_the_next_run(
    start: Start, emulator: Emulator
) -> None:
    """An engine that abandoned the call before the answer, and then ended regularly, has no id."""
    first = start()
    emulator.fault("call", "POST", function=lambda: setattr(first, "leaves", 0.0))
    one = first.create("one")
    first.end()
    assert start().create("one") == one
    assert len(emulator.runners.all()) == 1


def test_a_killed_process_that_had_told_the_id_leaves_it_to_the_next_run(
    start: Start, emulator: Emulator
) -> None:
    """Without a regular end it is unknown whether the id was saved, so the object is taken."""
    first = start()
    one = first.create("one")
    first.die()
    assert start().create("one") == one


def test_nothing_is_sent_for_an_engine_that_has_gone(
    start: Start, emulator: Emulator, clock: WallClock
) -> None:
    """A create that waited for its turn, or to be sent again, does not leave any more."""
    first = start()
    first.leaves = 0.0
    with pytest.raises(ComfyControlError, match="deployment that asked for it has ended"):
        first.create("one")
    assert "POST" not in {request.method for request in emulator.requests}
    second = start()
    emulator.fault("status", "POST", status=429)
    second.leaves = clock.now
    with pytest.raises(ComfyControlError, match="deployment that asked for it has ended"):
        second.create("one")
    posts = [request for request in emulator.requests if request.method == "POST"]
    assert [request.status for request in posts] == [429]


def test_an_object_that_the_stack_does_not_have_is_named_once(
    start: Start, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """After a regular end, a user may have removed the id from the state: it is only named."""
    first = start()
    one = first.create("one")
    first.end()
    second = start()
    two = second.create("one")
    assert two != one
    assert f"created runner {one} for this resource, but the stack does not have it" in caplog.text
    second.end()
    caplog.clear()
    start().create("one")
    assert one not in caplog.text
    assert f"created runner {two} for this resource" in caplog.text


def test_another_accounts_token_does_not_settle_what_it_cannot_see(
    start: Start, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """An object that is hidden from this token is still named to the next one."""
    first = start()
    one = first.create("one")
    first.end()
    emulator.add_token("cfc_other")
    start(token="cfc_other").create("one")
    assert one not in caplog.text
    start().create("one")
    assert f"created runner {one} for this resource" in caplog.text


def test_what_the_engine_has_shown_to_know_is_not_named(
    start: Start, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """An object that was in the state, and is not any more, was taken out on purpose."""
    first = start()
    one = first.create("one")
    first.end()
    second = start()
    second.lifecycle.note_recorded(one)
    second.end()
    start().create("one")
    assert one not in caplog.text
    assert emulator.requests[-1].method == "POST"


def test_a_reset_account_costs_few_requests(start: Start, emulator: Emulator) -> None:
    """When the objects of earlier runs are gone, not each of them is asked for."""
    first = start()
    for number in range(10):
        first.create(f"r{number}")
    first.end()
    emulator.reset()
    second = start()
    for number in range(10):
        second.create(f"r{number}")
    assert [request.method for request in emulator.requests].count("GET") == 3


def test_a_refusal_that_is_no_proof_keeps_the_orphan(start: Start, emulator: Emulator) -> None:
    """A 404 that is not the API's own does not make an orphan forgotten."""
    first = start()
    one = first.create("one")
    first.die()
    emulator.fault("html", "GET", status=404)
    with pytest.raises(ComfyControlError):
        start().create("one")
    assert start().create("one") == one


def test_a_field_that_the_program_has_ceased_to_set_goes_back_to_its_default(
    start: Start, emulator: Emulator
) -> None:
    """An orphan of an older program is changed to the present one."""
    first = start()
    first.lose(emulator, "one", acted=True)
    first.end()
    start().create("one", {"name": "Other", "endpoint": "http://x"})
    [row] = emulator.runners.all()
    assert (row["name"], row["tags"], row["headers"]) == ("Other", [], {})


@pytest.mark.parametrize("value", ["hidden-value", "rotated-value"])
def test_an_orphan_is_known_by_more_than_its_secret(
    start: Start, emulator: Emulator, value: str
) -> None:
    """A header's value that was changed since does not hide it; an equal one is preferred."""
    first = start()
    first.lose(emulator, "one", acted=True)
    first.end()
    [orphan] = emulator.runners.all()
    if value == "hidden-value":
        emulator.runners.seed(**VALUES | {"headers": {"A": "somebody-else's"}})
    found = start().create("one", {**VALUES, "headers": {"A": value}})
    assert found == orphan["id"]
    [headers] = [row["headers"] for row in emulator.runners.all() if row["id"] == found]
    assert headers == {"A": value}


def test_an_object_like_the_changed_program_is_not_the_orphan(
    start: Start, emulator: Emulator
) -> None:
    """The values sent then count, not the present ones."""
    first = start()
    first.lose(emulator, "one", acted=True)
    first.end()
    [orphan] = emulator.runners.all()
    changed = VALUES | {"name": "Changed"}
    emulator.runners.seed(**changed)
    assert start().create("one", changed) == orphan["id"]


def test_a_resource_that_has_got_another_name_finds_its_orphan(
    start: Start, emulator: Emulator
) -> None:
    """A lost object with equal fields is as good for another resource of the stack."""
    first = start()
    first.lose(emulator, "one", acted=True)
    first.end()
    second = start()
    renamed = second.create("renamed")
    assert [row["id"] for row in emulator.runners.all()] == [renamed]
    assert second.create("one") != renamed
    other_headers = start().create("other", {**VALUES, "headers": {"A": "other-value"}})
    assert len({renamed, other_headers} | {row["id"] for row in emulator.runners.all()}) == 3


def test_an_answered_object_is_only_taken_by_its_own_resource(
    start: Start, emulator: Emulator
) -> None:
    """The engine of a killed run may have saved the id, so no other resource takes the object."""
    first = start()
    one = first.create("one")
    first.die()
    second = start()
    assert second.create("two") != one
    assert second.create("one") == one


def test_a_create_that_is_tried_again_by_its_engine_takes_its_own_object(
    start: Start, emulator: Emulator
) -> None:
    """After a failed follow-up, a second call for the same resource goes on with the first's."""
    process = start()
    emulator.fault("status", "PUT", status=403)
    with pytest.raises(Unfinished) as caught:
        process.create("one", {**VALUES, "status": "disabled"})
    assert process.create("one", {**VALUES, "status": "disabled"}) == caught.value.record.id
    [row] = emulator.runners.all()
    assert row["status"] == "disabled"


def test_the_search_starts_from_when_the_post_last_left(
    start: Start, emulator: Emulator, clock: WallClock
) -> None:
    """A POST that waited for a cool-down many times is still found when its answer is lost."""
    process = start(operation_timeout=10_000.0)
    emulator.fault("status", "POST", times=40, status=429)
    emulator.fault("drop_after", "POST")
    before = clock.now
    one = process.create("one")
    assert clock.now - before > 300
    assert [row["id"] for row in emulator.runners.all()] == [one]
