"""Reads and deletions: few requests, and nothing believed without proof."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.delete import Deleter
from pulumi_comfycontrol.core.types.models import Page
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import make_lifecycle

MACHINE = {"name": "GPU", "endpoint": "http://x"}


def test_one_read_in_a_large_account_is_one_request(emulator: Emulator, tmp_path: Path) -> None:
    """A single runner is read by a GET, however many others there are."""
    rows = emulator.runners.seed_many(*[MACHINE] * 1000)
    make_lifecycle(emulator, tmp_path).read(rows[0]["id"], {})
    assert [request.path for request in emulator.requests] == [f"/v1/runner/{rows[0]['id']}"]


@pytest.mark.parametrize(("count", "requests"), [(100, 2), (250, 4)])
def test_many_reads_are_few_lists(
    emulator: Emulator, tmp_path: Path, count: int, requests: int
) -> None:
    """Four threads read a whole account by one GET and the pages of the list."""
    rows = emulator.runners.seed_many(*[MACHINE] * count)
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(4) as threads:
        records = list(threads.map(lambda row: lifecycle.read(row["id"], {}), rows))
    assert [record.id for record in records if record] == [row["id"] for row in rows]
    assert len(emulator.requests) <= requests + 1


def test_gone_is_confirmed_by_a_get(emulator: Emulator, tmp_path: Path) -> None:
    """What a list lacks is asked for by its own id before it counts as gone."""
    rows = emulator.runners.seed_many(*[MACHINE] * 5)
    emulator.runners.delete(rows[4]["id"])
    lifecycle = make_lifecycle(emulator, tmp_path)
    known = {"user_id": emulator.account}
    found = [lifecycle.read(row["id"], known) for row in rows]
    assert [record is None for record in found] == [False] * 4 + [True]
    assert emulator.requests[-1].path == f"/v1/runner/{rows[4]['id']}"


@pytest.mark.parametrize("kind", ["status", "html", "drop_before", "empty", "truncate"])
def test_no_other_answer_counts_as_gone(emulator: Emulator, tmp_path: Path, kind: str) -> None:
    """An HTML 404, a refusal or a broken answer leaves the state alone."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.fault(kind, "GET", times=None, status=404 if kind == "html" else 403)
    with pytest.raises(ComfyControlError):
        make_lifecycle(emulator, tmp_path).read(row["id"], {})


def test_deletions_at_the_same_time_are_confirmed_together(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Four deletions need fewer than four confirmations, and all are certain."""
    rows = emulator.runners.seed_many(*[MACHINE] * 40)
    emulator.settings.change({"latency": 0.02, "rate_limit": False})
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda row: lifecycle.delete(row["id"], {}), rows))
    assert emulator.runners.all() == []
    assert len(emulator.requests) < 65


def test_a_deletion_that_is_only_claimed_is_an_error(emulator: Emulator, tmp_path: Path) -> None:
    """A 2xx to a DELETE that left the runner in place fails (A28)."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.settings.change({"delete": "kept"})
    with pytest.raises(ResourceError, match="still exists"):
        make_lifecycle(emulator, tmp_path).delete(row["id"], {})


def test_a_merge_of_headers_is_noticed(emulator: Emulator, tmp_path: Path) -> None:
    """When PUT merges instead of replacing (A16), the difference is an error, not silence."""
    [row] = emulator.runners.seed_many({**MACHINE, "headers": {"Old": "x"}})
    emulator.settings.change({"merge_headers": True})
    with pytest.raises(ComfyControlError, match="has other headers"):
        make_lifecycle(emulator, tmp_path).update(row["id"], row, {"headers": {"New": "y"}})


@pytest.mark.parametrize(
    "switch",
    [
        {"tags": "sorted"},
        {"normalize_endpoint": True},
        {"create_status": 200},
        {"fractions": True},
        {"extra_fields": True},
        {"omit_optional": True},
        {"status_on_create": True},
    ],
    ids=str,
)
def test_both_answers_to_an_undocumented_question_work(
    emulator: Emulator, tmp_path: Path, switch: dict[str, object]
) -> None:
    """What the API returns differs in form only, so nothing is left to change."""
    emulator.settings.change(switch)
    values = {"name": "GPU", "endpoint": "http://X.example.com", "tags": ["b", "a"]}
    lifecycle = make_lifecycle(emulator, tmp_path)
    record = lifecycle.create(values)
    assert lifecycle.kind.differing(record.model_dump(), values) == set()


def test_a_put_that_resets_other_fields_is_put_right(emulator: Emulator, tmp_path: Path) -> None:
    """When PUT replaces the whole runner (A16), a second one has all that the program sets."""
    [row] = emulator.runners.seed_many({**MACHINE, "tags": ["a"], "headers": {"A": "x"}})
    emulator.settings.change({"put_resets": True})
    values = {**MACHINE, "name": "New", "tags": ["a"], "headers": {"A": "x"}}
    make_lifecycle(emulator, tmp_path).update(row["id"], row, values)
    [now] = emulator.runners.all()
    assert {name: now[name] for name in values} == values
    assert [set(request.body) for request in emulator.requests] == [{"name"}, set(values)]


def test_an_edit_between_refresh_and_update_is_put_right(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The answer to the PUT shows it; fields whose changes are to be ignored keep it."""
    for ignored, tags in (((), ["a"]), (("tags",), ["theirs"])):
        row = emulator.runners.seed(**MACHINE, tags=["a"])
        emulator.runners.edit(row["id"], tags=["theirs"])
        values = {**MACHINE, "name": "New", "tags": ["a"]}
        record = make_lifecycle(emulator, tmp_path).update(row["id"], row, values, ignored)
        assert record.model_dump()["tags"] == tags


def test_one_object_is_taken_over_by_one_resource(emulator: Emulator, tmp_path: Path) -> None:
    """Of several that name it at the same time, one gets it; one that fails gives it up."""
    row = emulator.runners.seed(**MACHINE)
    emulator.settings.change({"latency": 0.05})
    lifecycle = make_lifecycle(emulator, tmp_path)
    with pytest.raises(ResourceError, match="differs from the program in name"):
        lifecycle.adopt(row["id"], {**MACHINE, "name": "Other"}, update=False)

    def adopt(_: int) -> str:
        try:
            return lifecycle.adopt(row["id"], MACHINE, update=False).id
        except ResourceError as error:
            return str(error)

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(adopt, range(4)))
    assert results.count(row["id"]) == 1
    assert sum("Another resource of this stack manages" in text for text in results) == 3


def test_what_is_only_read_can_be_taken_over(emulator: Emulator, tmp_path: Path) -> None:
    """`Runner.get` does not manage."""
    row = emulator.runners.seed(**MACHINE)
    lifecycle = make_lifecycle(emulator, tmp_path)
    lifecycle.read(row["id"], {}, managed=False)
    assert lifecycle.adopt(row["id"], MACHINE, update=False).id == row["id"]


def test_deletions_that_fail_together_have_errors_of_their_own(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Each names its own resource, although one request failed for all."""
    rows = emulator.runners.seed_many(*[MACHINE] * 4)
    emulator.settings.change({"latency": 0.05})
    emulator.fault("status", "GET", times=None, status=403)
    lifecycle = make_lifecycle(emulator, tmp_path)

    def delete(number: int) -> str:
        with pytest.raises(ComfyControlError) as caught:
            lifecycle.delete(rows[number]["id"], {})
        return str(caught.value.while_doing(f"deleting runner '{number}'"))

    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(delete, range(4)))
    assert [f"Deleting runner '{number}' failed" in text for number, text in enumerate(texts)] == [
        True
    ] * 4


def test_an_object_that_cant_be_read_is_no_other_deletions_error(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Where each needs a GET, each has the outcome of its own."""
    rows = emulator.runners.seed_many(*[MACHINE] * 250)[:3]
    together = threading.Barrier(3)
    emulator.fault("call", "DELETE", times=3, function=lambda: together.wait(20))
    emulator.fault("status", "GET", f"/v1/runner/{rows[0]['id']}", times=None, status=403)
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(3) as threads:
        deletions = [threads.submit(lifecycle.delete, row["id"], {}) for row in rows]
    errors = [one.exception() for one in deletions]
    assert "403" in str(errors[0])
    assert errors[1:] == [None, None]


def test_two_resources_of_one_object_are_deleted_at_once(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks has the answer, even when the other one is faster to take note of it."""
    lead = Deleter._lead

    def slowly(*args: Any) -> Any:
        outcome = lead(*args)
        done.wait(0.2)
        return outcome

    done = threading.Event()
    monkeypatch.setattr(Deleter, "_lead", slowly)
    [row] = emulator.runners.seed_many(MACHINE)
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(2) as threads:
        deletions = [threads.submit(lifecycle.delete, row["id"], {}) for _ in range(2)]
    assert [one.exception() for one in deletions] == [None, None]


def test_who_is_interrupted_while_confirming_leaves_it_to_the_others(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread asks for all; when it gets no answer, another one asks."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    together = threading.Barrier(3)
    emulator.fault("call", "DELETE", times=3, function=lambda: together.wait(20))
    page, calls = Client.page, count(1)

    def interrupted_once(*args: Any) -> Page:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return page(*args)

    monkeypatch.setattr(Client, "page", interrupted_once)
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(3) as threads:
        deletions = [threads.submit(lifecycle.delete, row["id"], {}) for row in rows]
    errors = [one.exception() for one in deletions]
    assert sorted(type(error).__name__ for error in errors) == [
        "KeyboardInterrupt",
        "NoneType",
        "NoneType",
    ]


def test_a_deletion_that_is_held_up_holds_up_no_other(emulator: Emulator, tmp_path: Path) -> None:
    """One that is repeated is not waited for by those that only want to be confirmed."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    stuck = f"/v1/runner/{rows[0]['id']}"
    done = threading.Event()
    emulator.fault("status", "DELETE", stuck, times=2, status=500)
    emulator.fault("call", "DELETE", stuck, function=lambda: done.wait(20))
    lifecycle = make_lifecycle(emulator, tmp_path)
    with ThreadPoolExecutor(3) as threads:
        held = threads.submit(lifecycle.delete, rows[0]["id"], {})
        others = [threads.submit(lifecycle.delete, row["id"], {}) for row in rows[1:]]
        for other in others:
            other.result(timeout=15)
        assert not held.done()
        done.set()
        held.result(timeout=15)
    assert emulator.runners.all() == []
