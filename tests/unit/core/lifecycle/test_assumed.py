"""The provider's behaviour as docs/api-assumptions.md states it, clause by clause.

Each test is named after its row; the column *what the provider does* is quoted by the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.errors import ApiError, ComfyControlError
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle, Unfinished
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.core.types.template import TEMPLATE
from pulumi_comfycontrol.core.types.validation import faults
from pulumi_comfycontrol.doctor.assumptions import assumption
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import Heard, WallClock, make_lifecycle

VALUES: dict[str, Any] = {
    "name": "GPU",
    "endpoint": "https://Gpu.example.com/x/",
    "headers": {"A": "one", "B": "two"},
    "tags": ["b", "A"],
}
#: Seconds after which nothing counts as new.
LATER = 60.0


def says(number: int, *clauses: str) -> None:
    """Check that the row says what a test is about to show."""
    row = assumption(number)
    for clause in clauses:
        assert clause in f"{row.does} | {row.survived} | {row.fatal}", clause


def sent(emulator: Emulator) -> list[str]:
    """The methods of the requests since the last call."""
    methods = [request.method for request in emulator.requests]
    emulator.clear_requests()
    return methods


@pytest.mark.parametrize("form", ["sorted", "deduplicated", "lower", "added"])
def test_a11_tags(emulator: Emulator, lifecycle: Lifecycle, form: str) -> None:
    """Tags are compared as sets, and the server's form is kept beside the program's."""
    says(11, "compares tags as sets", "keeps the server's form of tags beside the program's")
    emulator.settings.change({"tags": form})
    outcome = lifecycle.create(VALUES)
    sent(emulator)
    same = VALUES | {"tags": ["A", "b"]}
    again = lifecycle.update(outcome.id, outcome.known, same)
    assert sent(emulator) == []
    assert set(again.sent["tags"]) == set(VALUES["tags"])


def test_a11_refused_tags() -> None:
    """Empty and repeated ones and commas never reach the API."""
    says(11, "refuses empty and repeated ones and commas in preview")
    for tags in ([""], ["a", "a"], ["a,b"]):
        assert len(list(faults(RUNNER, VALUES | {"tags": tags}))) == 1


def test_a14_forms(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """URLs are compared in normal form, characters are code points, and null is not sent."""
    says(14, "compares URLs in normal form, counts code points, sends no null")
    assert not list(faults(RUNNER, VALUES | {"name": "\U0001f5a5" * 100}))
    assert list(faults(RUNNER, VALUES | {"name": "\U0001f5a5" * 101}))
    outcome = lifecycle.create({"name": "GPU", "endpoint": "https://Gpu.example.com:443"})
    assert None not in emulator.requests[-1].body.values()
    sent(emulator)
    lifecycle.update(
        outcome.id, outcome.known, {"name": "GPU", "endpoint": "https://gpu.example.com/"}
    )
    assert sent(emulator) == []


@pytest.mark.parametrize("setting", [{"text": "trimmed"}, {"text": "nfc"}], ids=str)
def test_a14_kept_forms(
    emulator: Emulator, lifecycle: Lifecycle, heard: Heard, setting: dict[str, Any]
) -> None:
    """The server's form of a value is kept beside the program's, with one warning."""
    says(14, "keeps the server's form of a value beside the program's", "trimmed or NFC text")
    emulator.settings.change(setting)
    values = VALUES | {"name": "Gpu\u0308 "}
    outcome = lifecycle.create(values)
    sent(emulator)
    assert lifecycle.update(outcome.id, outcome.known, values) == outcome
    assert sent(emulator) == []
    assert sum(text.startswith("warning") for text in heard.texts) == 1


def test_a14_unique_names(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """The refusal is shown."""
    says(14, "unique names (the refusal is shown)")
    emulator.settings.change({"unique_names": True})
    lifecycle.create(VALUES)
    with pytest.raises(ApiError, match="name is already taken"):
        lifecycle.create(VALUES)


@pytest.mark.parametrize(
    ("setting", "requests"),
    [
        ({"put_resets": True}, ["PUT", "PUT"]),
        ({"put_requires_all": True}, ["PUT", "GET", "PUT"]),
    ],
    ids=str,
)
def test_a16_all_fields(
    emulator: Emulator, lifecycle: Lifecycle, setting: dict[str, Any], requests: list[str]
) -> None:
    """All fields are sent where another one differs after a PUT, or where a 400 asks for them."""
    says(16, "where another field differs, sends all fields once more; where a 400 asks for them")
    outcome = lifecycle.create(VALUES)
    emulator.settings.change(setting)
    sent(emulator)
    lifecycle.update(outcome.id, outcome.known, VALUES | {"name": "Other"})
    assert sent(emulator) == requests
    [row] = emulator.runners.all()
    assert {name: row[name] for name in VALUES} == VALUES | {"name": "Other"}


@pytest.mark.parametrize("setting", ["merge_headers", "put_ignores_empty"])
def test_a16_what_stays(emulator: Emulator, lifecycle: Lifecycle, setting: str) -> None:
    """A value that the program removed and the API kept is an error that names it."""
    says(16, "what was removed from the program stays, which is an error that shows it")
    outcome = lifecycle.create(VALUES)
    emulator.settings.change({setting: True})
    with pytest.raises(Unfinished, match="still has the headers 'A', 'B'"):
        lifecycle.update(outcome.id, outcome.known, VALUES | {"headers": {}})


def test_a16_what_is_lost(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A PUT that resets tells of fields that the program sets, and of no other."""
    says(16, "those that the program leaves alone or ignores are lost")
    values = {name: VALUES[name] for name in ("name", "endpoint")}
    outcome = lifecycle.create(values)
    emulator.settings.change({"put_resets": True})
    emulator.runners.edit(outcome.id, tags=["theirs"])
    lifecycle.update(outcome.id, outcome.known, values | {"name": "Other"})
    assert emulator.runners.all()[0]["tags"] == []


@pytest.mark.parametrize("answer", ["200", "204"])
def test_a28_equal_answers(emulator: Emulator, lifecycle: Lifecycle, answer: str) -> None:
    """The first deletion is verified by a GET, equal answers are believed."""
    says(28, "verifies the first deletion by a GET, and then believes equal answers")
    emulator.settings.change({"delete": answer})
    rows = emulator.runners.seed_many(*[VALUES] * 3)
    for row in rows:
        lifecycle.delete(row["id"], row)
    assert sent(emulator) == ["DELETE", "GET", "DELETE", "DELETE"]


def test_a28_202(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A 202 in answer to a DELETE is never believed."""
    says(28, "but no 202", "deletion after some seconds")
    emulator.settings.change({"delete": "202-later", "delete_delay": 2.0})
    for row in emulator.runners.seed_many(*[VALUES] * 2):
        lifecycle.delete(row["id"], row)
        assert sent(emulator)[:2] == ["DELETE", "GET"]
        assert row["id"] not in [one["id"] for one in emulator.runners.all()]


@pytest.mark.parametrize("answer", ["405", "501", "no-route", "kept"])
def test_a28_no_deletion(
    emulator: Emulator, lifecycle: Lifecycle, clock: WallClock, answer: str
) -> None:
    """An object that is still there is an error, one removed in the dashboard is none."""
    says(28, "object that is still there is an error", "405 or 501 for what was removed in the")
    emulator.settings.change({"delete": answer})
    [row] = emulator.runners.seed_many(VALUES)
    clock.sleep(LATER)
    with pytest.raises(ComfyControlError, match="remove the runner in the dashboard"):
        lifecycle.delete(row["id"], row)
    emulator.runners.delete(row["id"])
    lifecycle.delete(row["id"], row)


@pytest.mark.parametrize("answer", ["object", "stale", "thin", "empty"])
def test_a33_answers_of_put(emulator: Emulator, lifecycle: Lifecycle, answer: str) -> None:
    """The object is read where the answer lacks something or differs from what was sent."""
    says(33, "reads the object where the answer lacks something, or differs from what was sent")
    outcome = lifecycle.create(VALUES)
    emulator.settings.change({"put_answer": answer})
    sent(emulator)
    changed = lifecycle.update(outcome.id, outcome.known, VALUES | {"name": "Other"})
    assert changed.sent["name"] == "Other"
    assert sent(emulator) == (["PUT"] if answer == "object" else ["PUT", "GET"])


def test_a34_a_young_object(emulator: Emulator, lifecycle: Lifecycle, clock: WallClock) -> None:
    """A young object is asked for again before a 404 is believed, an older one is not."""
    says(34, "asks again for an object that is some seconds old before it believes a 404")
    [young] = emulator.runners.seed_many(VALUES)
    emulator.settings.change({"create_lag_get": 2.0})
    assert lifecycle.read(young["id"], young) is not None
    clock.sleep(LATER)
    emulator.runners.delete(young["id"])
    sent(emulator)
    assert lifecycle.read(young["id"], young) is None
    assert "GET" in sent(emulator)[:1]


@pytest.mark.parametrize(("lag", "objects"), [(1.0, 1), (30.0, 2)])
def test_a34_a_lost_create(
    emulator: Emulator, lifecycle: Lifecycle, lag: float, objects: int
) -> None:
    """A create whose answer was lost is looked for twice; with a longer delay it is repeated."""
    says(34, "looks twice for a lost create", "a longer delay after a lost answer: the create is")
    emulator.settings.change({"create_lag_list": lag})
    emulator.fault("drop_after", "POST")
    lifecycle.create(VALUES)
    assert len(emulator.runners.all()) == objects


@pytest.mark.parametrize(
    ("body", "is_gone", "lists"),
    [
        ("documented", True, False),
        ("error-object", True, True),
        ("empty", True, True),
        ("html", False, False),
    ],
)
def test_a35_bodies_of_404(
    emulator: Emulator,
    lifecycle: Lifecycle,
    clock: WallClock,
    body: str,
    is_gone: bool,
    lists: bool,
) -> None:
    """The documented one is believed, JSON or none with the list, HTML never."""
    says(
        35,
        "believes the documented 404, and one with other JSON or no body where the whole list",
        "404s in HTML: what was removed outside stays in the state, with an error",
    )
    [row] = emulator.runners.seed_many(VALUES)
    clock.sleep(LATER)
    emulator.runners.delete(row["id"])
    emulator.settings.change({"not_found_body": body})
    if is_gone:
        assert lifecycle.read(row["id"], row) is None
    else:
        with pytest.raises(ComfyControlError, match="an HTML page titled"):
            lifecycle.read(row["id"], row)
    assert ("/v1/runner" in [request.path for request in emulator.requests]) is lists


def test_a35_a_bot_check(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A firewall's 403 is told from a matter of the plan by its page's title."""
    says(35, "the title of HTML pages, and tells a bot check from a matter of the plan")
    emulator.settings.change({"challenge": True})
    with pytest.raises(ApiError, match=r"'Just a moment\.\.\.'.*a firewall or a bot check"):
        lifecycle.create(VALUES)


@pytest.mark.parametrize(
    ("setting", "field"),
    [({"mask_headers": True}, "headers"), ({"unknown_status": True}, "status")],
)
def test_a36_forms(
    emulator: Emulator, lifecycle: Lifecycle, heard: Heard, setting: dict[str, Any], field: str
) -> None:
    """A second read confirms the server's form, which is kept, with a warning."""
    says(36, "keeps the server's form of a value beside what was sent, once a second read confirms")
    emulator.settings.change(setting)
    outcome = lifecycle.create(VALUES | {"status": "active"})
    assert sent(emulator)[-1] == "GET"
    assert outcome.forms.keys() == {field}
    assert sum(text.startswith("warning") for text in heard.texts) == 1


def test_a36_a_mask_hides_drift(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A masked header's drift is unseen in its value, and seen in its name."""
    says(36, "drift that a mask hides is not seen")
    emulator.settings.change({"mask_headers": True})
    outcome = lifecycle.create(VALUES)
    for headers, is_seen in (({"A": "x", "B": "x"}, False), ({"A": "x"}, True)):
        emulator.runners.edit(outcome.id, headers=headers)
        live = lifecycle.read(outcome.id, outcome.known)
        assert live is not None
        assert bool(RUNNER.differing(live.sent, VALUES) & {"headers"}) is is_seen


@pytest.mark.parametrize("setting", [{"template_numbers": "doubles"}, {"sort_template_keys": True}])
def test_a36_templates(
    emulator: Emulator, clock: WallClock, tmp_path: Path, setting: dict[str, Any]
) -> None:
    """Doubles are a form of the numbers that were sent; the order of keys has no meaning."""
    says(36, "doubles, sorted keys")
    templates = make_lifecycle(emulator, tmp_path, TEMPLATE, clock)
    emulator.settings.change(setting)
    values = {"name": "T", "description": "D", "body": '{"z": 12345678901234567890, "a": 8}'}
    outcome = templates.create(values)
    sent(emulator)
    assert templates.update(outcome.id, outcome.known, values) == outcome
    assert sent(emulator) == []
