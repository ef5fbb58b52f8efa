"""Values that the server keeps in its own form, and those that it does not keep (A11, A14, A36)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle, Unfinished
from pulumi_comfycontrol.core.lifecycle.verify import FORMS
from pulumi_comfycontrol.core.types.template import TEMPLATE
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import Heard, WallClock, make_lifecycle

HIDDEN = "hidden-value"
VALUES = {
    "name": "GPU ",
    "endpoint": "http://gpu.example.com/a/../comfy/",
    "headers": {"Authorization": HIDDEN, "X-Team": "blue"},
    "tags": ["Render", "Fast"],
    "status": "active",
}


def warnings(heard: Heard) -> list[str]:
    """The warnings alone."""
    return [text for text in heard.texts if text.startswith("warning")]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"text": "trimmed"}, "name"),
        ({"endpoint_path": "no-slash"}, "endpoint"),
        ({"endpoint_path": "resolved"}, "endpoint"),
        ({"tags": "lower"}, "tags"),
        ({"tags": "added"}, "tags"),
        ({"mask_headers": True}, "headers"),
        ({"unknown_status": True}, "status"),
    ],
    ids=str,
)
def test_a_form_of_the_server_is_kept_beside_what_was_sent(
    emulator: Emulator, lifecycle: Lifecycle, heard: Heard, settings: dict[str, Any], field: str
) -> None:
    """One warning is shown; then nothing is to be changed, and drift is still seen."""
    emulator.settings.change(settings)
    outcome = lifecycle.create(VALUES)
    assert outcome.forms == {field: VALUES[field]}
    assert outcome.sent.items() >= VALUES.items()
    [warning] = warnings(heard)
    assert f"keeps the {field} of runner {outcome.id} " in warning
    assert str(VALUES[field]) not in warning
    assert HIDDEN not in warning

    emulator.clear_requests()
    assert lifecycle.update(outcome.id, outcome.known, VALUES) == outcome
    assert emulator.requests == []
    read = lifecycle.read(outcome.id, outcome.known)
    assert read is not None
    assert read.forms == outcome.forms

    lifecycle.update(
        outcome.id, read.known, VALUES | {"endpoint": "http://new.example.com/a/../b/"}
    )
    assert len(warnings(heard)) == (2 if field == "endpoint" else 1)


def test_a_change_outside_of_a_field_with_a_form_is_seen(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The live object is compared with its last known form, not with the sent values."""
    emulator.settings.change({"tags": "lower"})
    outcome = lifecycle.create(VALUES)
    emulator.runners.edit(outcome.id, tags=["other"])
    read = lifecycle.read(outcome.id, outcome.known)
    assert read is not None
    assert read.forms == {}
    assert read.sent["tags"] == ["other"]
    repaired = lifecycle.update(outcome.id, read.known, VALUES)
    assert repaired.record.as_dict()["tags"] == ["render", "fast"]
    assert repaired.forms == {"tags": VALUES["tags"]}


def test_numbers_as_doubles_are_a_form_of_a_templates_body(
    emulator: Emulator, clock: WallClock, tmp_path: Path
) -> None:
    """Exact comparison goes on beside it, so that another number outside is seen."""
    emulator.settings.change({"template_numbers": "doubles"})
    templates = make_lifecycle(emulator, tmp_path, TEMPLATE, clock=clock)
    values = {"name": "T", "description": "d", "body": '{"seed":12345678901234567891}'}
    outcome = templates.create(values)
    assert outcome.forms == {"body": values["body"]}
    assert not templates.kind.differing(outcome.sent, values)


@pytest.mark.parametrize(
    ("settings", "change", "text"),
    [
        ({"merge_headers": True}, {"headers": {"X-Team": "red"}}, "has the headers 'Author"),
        ({"put_ignores_empty": True}, {"headers": {}}, "has the headers 'Authorization', 'X-Team'"),
        ({"put_ignores_empty": True}, {"tags": []}, "still has the tags 'Fast', 'Render'"),
    ],
    ids=str,
)
def test_what_survives_its_removal_is_an_error_with_an_advice_that_helps(
    emulator: Emulator,
    lifecycle: Lifecycle,
    settings: dict[str, Any],
    change: dict[str, Any],
    text: str,
) -> None:
    """Names and tags are shown, never a header's value; the change in the dashboard ends it."""
    outcome = lifecycle.create(VALUES)
    emulator.settings.change(settings)
    wanted = VALUES | change
    with pytest.raises(Unfinished, match=re.escape(text)) as caught:
        lifecycle.update(outcome.id, outcome.known, wanted)
    assert HIDDEN not in str(caught.value)
    assert "make this change in the dashboard, then try again" in str(caught.value)
    known = caught.value.outcome.known
    with pytest.raises(Unfinished):
        lifecycle.update(outcome.id, known, wanted)
    emulator.runners.edit(outcome.id, **change)
    assert not lifecycle.kind.differing(lifecycle.update(outcome.id, known, wanted).sent, wanted)


def test_a_value_from_before_is_no_form(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """An accepted change that did nothing is an error, not silence."""
    outcome = lifecycle.create(VALUES)
    emulator.fault(
        "call", "PUT", times=None, function=lambda: emulator.runners.edit(outcome.id, name="GPU ")
    )
    emulator.fault(
        "call", "GET", times=None, function=lambda: emulator.runners.edit(outcome.id, name="GPU ")
    )
    emulator.settings.change({"put_answer": "stale"})
    with pytest.raises(Unfinished, match="still has the name from before"):
        lifecycle.update(outcome.id, outcome.known, VALUES | {"name": "Other"})


def test_a_known_form_of_another_value_is_no_form_of_this_one(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Where "online" was seen for disabled, it is not taken for active."""
    row = emulator.runners.seed(name="GPU", endpoint="http://x", status="active")
    emulator.settings.change({"unknown_status": True})
    known = {**row, "status": "online", FORMS: {"status": "disabled"}}
    with pytest.raises(Unfinished, match="still has the status from before"):
        lifecycle.update(row["id"], known, {"name": "GPU", "status": "active"})


@pytest.mark.parametrize("answer", ["stale", "thin", "empty"])
def test_an_answer_that_does_not_show_the_change_is_followed_by_a_get(
    emulator: Emulator, lifecycle: Lifecycle, answer: str
) -> None:
    """One PUT and one GET; the outcome is the live object (A33)."""
    outcome = lifecycle.create(VALUES)
    emulator.settings.change({"put_answer": answer})
    emulator.clear_requests()
    changed = lifecycle.update(outcome.id, outcome.known, VALUES | {"name": "Other"})
    assert changed.record.as_dict()["name"] == "Other"
    assert changed.forms == {}
    assert [request.method for request in emulator.requests] == ["PUT", "GET"]


def test_a_put_that_wants_all_fields_gets_all(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """Fields that the program leaves alone keep what they have, also when that is new."""
    outcome = lifecycle.create(VALUES)
    emulator.settings.change({"put_requires_all": True})
    emulator.runners.edit(outcome.id, tags=["theirs"])
    values = {"name": "Other", "endpoint": VALUES["endpoint"]}
    lifecycle.update(outcome.id, outcome.known, values)
    [row] = emulator.runners.all()
    assert (row["name"], row["tags"], row["headers"]) == ("Other", ["theirs"], VALUES["headers"])


def test_a_masked_header_is_sent_as_ours_where_all_fields_are_wanted(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The mask is the server's form; sending it back would destroy the value."""
    emulator.settings.change({"mask_headers": True})
    outcome = lifecycle.create(VALUES)
    emulator.settings.change({"put_requires_all": True})
    lifecycle.update(outcome.id, outcome.known, {"name": "Other", "endpoint": VALUES["endpoint"]})
    [row] = emulator.runners.all()
    assert row["headers"] == VALUES["headers"]


def test_a_page_in_place_of_the_put_is_followed_by_another_put(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A PUT that a captive portal has answered did not reach the API."""
    outcome = lifecycle.create(VALUES)
    emulator.fault("html", "PUT", status=200)
    changed = lifecycle.update(outcome.id, outcome.known, VALUES | {"name": "Other"})
    assert changed.record.as_dict()["name"] == "Other"
    assert len(emulator.runners.all()) == 1


def test_a_failed_reading_after_a_create_loses_no_id(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """An error after the POST carries the object's id."""
    emulator.settings.change({"tags": "lower"})
    emulator.fault("status", "GET", times=None, status=403)
    with pytest.raises(Unfinished) as caught:
        lifecycle.create(VALUES)
    assert [caught.value.record.id] == [row["id"] for row in emulator.runners.all()]
