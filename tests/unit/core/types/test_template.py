"""Templates: reported faults, sent bodies, and records from lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.errors import ComfyControlError
from pulumi_comfycontrol.core.types.template import TEMPLATE
from pulumi_comfycontrol.core.types.unknown import UNKNOWN
from pulumi_comfycontrol.core.types.validation import faults
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import make_lifecycle

VALUES = {"name": "Portrait", "description": "A face", "body": '{"1":{"inputs":{}}}'}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "name must have 1 to 100 characters, but '' has 0"),
        ({"description": ""}, "description must have 1 to 500 characters, but '' has 0"),
        ({"description": None}, "description must be a string, but it is null"),
        ({"body": "{"}, "body is not JSON: Expecting property name"),
        ({"body": "[1]"}, "body must be a JSON object, but it is a list"),
        ({"body": 5.0}, "body must be JSON text, but it is a number"),
        ({"body": {"fault": "can't be read"}}, "body can't be read"),
        ({"body": '{"a":"' + "x" * 50_000_000 + '"}'}, "body must have at most 50 MB, but it has"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_fault_is_a_sentence(change: dict[str, Any], said: str) -> None:
    """An invalid argument is one fault, which never shows a body."""
    [fault] = faults(TEMPLATE, VALUES | change)
    assert fault.reason.startswith(said)
    assert fault.field in change


def test_unknown_values_and_line_breaks_pass() -> None:
    """Unknown values are not checked; a description may have several lines."""
    values = {"name": UNKNOWN, "description": "one\n\ttwo", "body": UNKNOWN}
    assert faults(TEMPLATE, values) == []


def test_a_lost_answer_makes_one_template(emulator: Emulator, tmp_path: Path) -> None:
    """A list lacks the body, so candidates are read before they are compared."""
    emulator.templates.seed(**VALUES | {"body": "{}"})
    emulator.fault("drop_after", "POST", "/v1/template")
    record = make_lifecycle(emulator, tmp_path, TEMPLATE).create(VALUES)
    assert len(emulator.templates.all()) == 2
    assert TEMPLATE.differing(record.record.as_dict(), VALUES) == set()


def test_sorted_keys_and_respelled_numbers_are_no_difference(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Bodies are compared by their meaning, not by their text."""
    emulator.settings.change({"sort_template_keys": True})
    values = VALUES | {"body": '{"b": 1.0, "a": 123456789012345678901}'}
    lifecycle = make_lifecycle(emulator, tmp_path, TEMPLATE)
    record = lifecycle.create(values)
    assert TEMPLATE.differing(record.record.as_dict(), values) == set()
    assert [request.method for request in emulator.requests] == ["POST"]


def test_many_unchanged_templates_are_read_by_lists(emulator: Emulator, tmp_path: Path) -> None:
    """The time of the last change says whether the known body is still right."""
    emulator.settings.change({"fractions": True})
    rows = emulator.templates.seed_many(*[VALUES] * 100)
    known = {row["id"]: {**row, "body": VALUES["body"]} for row in rows}
    emulator.templates.edit(rows[50]["id"], body={"changed": True})
    lifecycle = make_lifecycle(emulator, tmp_path, TEMPLATE)
    with ThreadPoolExecutor(4) as threads:
        records = list(threads.map(lambda row: lifecycle.read(row["id"], known[row["id"]]), rows))
    bodies = [record.record.as_dict()["body"] for record in records if record]
    assert bodies.pop(50) == '{"changed":true}'
    assert set(bodies) == {VALUES["body"]}
    assert len(emulator.requests) <= 3


def test_an_answer_without_a_body_is_no_template(emulator: Emulator, tmp_path: Path) -> None:
    """A 200 that lacks what the documentation promises is an error, not an empty template."""
    row = emulator.templates.seed(**VALUES)
    emulator.fault("html", "GET", "/v1/template/*", times=None)
    with pytest.raises(ComfyControlError, match="HTML page"):
        make_lifecycle(emulator, tmp_path, TEMPLATE).read(row["id"], {})
