"""Reads and updates: few requests, and no answer trusted without verification."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.emulator import Emulator

MACHINE = {"name": "GPU", "endpoint": "http://x"}


def test_one_read_in_a_large_account_is_one_request(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A single runner is read by a GET, however many others there are."""
    rows = emulator.runners.seed_many(*[MACHINE] * 1000)
    lifecycle.read(rows[0]["id"], {})
    assert [request.path for request in emulator.requests] == [f"/v1/runner/{rows[0]['id']}"]


@pytest.mark.parametrize(("count", "requests"), [(100, 2), (250, 4)])
def test_many_reads_are_few_lists(
    emulator: Emulator, lifecycle: Lifecycle, count: int, requests: int
) -> None:
    """Four threads read a whole account by one GET and the pages of the list."""
    rows = emulator.runners.seed_many(*[MACHINE] * count)
    with ThreadPoolExecutor(4) as threads:
        records = list(threads.map(lambda row: lifecycle.read(row["id"], {}), rows))
    assert [record.id for record in records if record] == [row["id"] for row in rows]
    assert len(emulator.requests) <= requests + 1


def test_gone_is_confirmed_by_a_get(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """An object that the list lacks is requested by its id before it counts as gone."""
    rows = emulator.runners.seed_many(*[MACHINE] * 5)
    emulator.runners.delete(rows[4]["id"])
    known = {"user_id": emulator.account}
    found = [lifecycle.read(row["id"], known) for row in rows]
    assert [record is None for record in found] == [False] * 4 + [True]
    assert emulator.requests[-1].path == f"/v1/runner/{rows[4]['id']}"


@pytest.mark.parametrize("kind", ["status", "html", "drop_before", "empty", "truncate"])
def test_no_other_answer_counts_as_gone(
    emulator: Emulator, lifecycle: Lifecycle, kind: str
) -> None:
    """An HTML 404, a refusal or a broken answer leaves the state alone."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.fault(kind, "GET", times=None, status=404 if kind == "html" else 403)
    with pytest.raises(ComfyControlError):
        lifecycle.read(row["id"], {})


def test_a_merge_of_headers_is_noticed(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """When PUT merges instead of replacing (A16), the difference is an error, not silence."""
    [row] = emulator.runners.seed_many({**MACHINE, "headers": {"Old": "x"}})
    emulator.settings.change({"merge_headers": True})
    with pytest.raises(ComfyControlError, match="still has the headers 'Old'"):
        lifecycle.update(row["id"], row, {"headers": {"New": "y"}})


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
    emulator: Emulator, lifecycle: Lifecycle, switch: dict[str, object]
) -> None:
    """The API's values differ in form only, so nothing is changed."""
    emulator.settings.change(switch)
    values = {"name": "GPU", "endpoint": "http://X.example.com", "tags": ["b", "a"]}
    record = lifecycle.create(values).record
    assert lifecycle.kind.differing(record.as_dict(), values) == set()


def test_a_put_that_resets_other_fields_is_put_right(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """When PUT replaces the whole runner (A16), a second one has all that the program sets."""
    [row] = emulator.runners.seed_many({**MACHINE, "tags": ["a"], "headers": {"A": "x"}})
    emulator.settings.change({"put_resets": True})
    values = {**MACHINE, "name": "New", "tags": ["a"], "headers": {"A": "x"}}
    lifecycle.update(row["id"], row, values)
    [now] = emulator.runners.all()
    assert {name: now[name] for name in values} == values
    assert [set(request.body) for request in emulator.requests] == [{"name"}, set(values)]


def test_an_edit_between_refresh_and_update_is_put_right(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The answer to the PUT shows it; fields whose changes are to be ignored keep it."""
    for ignored, tags in (((), ["a"]), (("tags",), ["theirs"])):
        row = emulator.runners.seed(**MACHINE, tags=["a"])
        emulator.runners.edit(row["id"], tags=["theirs"])
        values = {**MACHINE, "name": "New", "tags": ["a"]}
        record = lifecycle.update(row["id"], row, values, ignored).record
        assert record.as_dict()["tags"] == tags


def test_one_object_is_taken_over_by_one_resource(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """Of several resources with its id, one adopts it; a failed adoption releases it."""
    row = emulator.runners.seed(**MACHINE)
    emulator.settings.change({"latency": 0.05})
    with pytest.raises(ResourceError, match="program to match it, or allow the take-over"):
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


def test_what_is_only_read_can_be_taken_over(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """`Runner.get` does not manage."""
    row = emulator.runners.seed(**MACHINE)
    lifecycle.read(row["id"], {}, managed=False)
    assert lifecycle.adopt(row["id"], MACHINE, update=False).id == row["id"]
