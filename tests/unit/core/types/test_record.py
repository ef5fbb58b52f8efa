"""Answers that are validated where they come in."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from pulumi_comfycontrol.core.types.record import Unusable
from pulumi_comfycontrol.core.types.runner import RunnerRecord
from pulumi_comfycontrol.core.types.stats import RunnerStats
from pulumi_comfycontrol.core.types.template import TemplateInfo

RUNNER = {"id": "1", "name": "GPU", "endpoint": "http://x"}
TEMPLATE = {"id": "1", "name": "T", "description": "D", "body": {"b": "$text(x)", "a": None}}


def test_unknown_fields_are_ignored_and_null_is_missing() -> None:
    """A newer or older API does no harm."""
    record = RunnerRecord.parse(RUNNER | {"new": {}, "tags": None, "headers": None, "user_id": 5})
    assert record.as_dict() == RUNNER | {
        "user_id": "5",
        "created_at": "",
        "updated_at": "",
        "status": "active",
        "tags": [],
        "headers": {},
    }
    stats = RunnerStats.parse({"system": {"os": None}, "devices": [{"vram_free": None}]})
    assert (stats.system.os, stats.devices[0].vram_free) == ("", None)
    assert stats.as_dict()["devices"] == [
        {"name": "", "type": "", "vram_total": None, "vram_free": None}
    ]


def test_ids_and_times_may_be_numbers() -> None:
    """Ids and times are opaque; numbers are taken as text (A5, A6)."""
    record = RunnerRecord.parse(RUNNER | {"id": 17, "created_at": 1_700_000_000})
    assert (record.id, record.created_at) == ("17", "1700000000")


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"id": "1", "name": "x"}, "endpoint"),
        (RUNNER | {"id": ""}, "id"),
        (RUNNER | {"headers": {"x-key": ["hidden"]}, "tags": [{}]}, "headers.x-key, tags.0"),
        (RUNNER | {"id": "a\x1b[2Jb"}, "id"),
        (RUNNER | {"id": "\ud83d", "name": ""}, "id"),
        (RUNNER | {"name": "\ud83d", "tags": ["\ude00"]}, "name, tags.0"),
        ([], "the whole"),
        (None, "the whole"),
    ],
)
def test_what_is_unusable_is_named_without_a_value(data: Any, names: str) -> None:
    """Values may be secret."""
    with pytest.raises(Unusable) as error:
        RunnerRecord.parse(data)
    assert str(error.value) == names


def test_a_template_s_body_is_canonical_text_with_its_nulls() -> None:
    """Whether the API gives an object or text; the placeholders are read from it."""
    for body in (TEMPLATE["body"], '{"b": "$text(x)", "a": null}'):
        record = TemplateInfo.parse(TEMPLATE | {"body": body})
        assert record.body == '{"a":null,"b":"$text(x)"}'
        assert record.as_dict()["placeholders"] == [{"kind": "text", "name": "x"}]
    for body in ("{", {"a": float("nan")}):
        with pytest.raises(Unusable, match=r"^body$"):
            TemplateInfo.parse(TEMPLATE | {"body": body})
    with pytest.raises(Unusable, match=r"^id$"):
        TemplateInfo.parse(TEMPLATE | {"id": ""})


def test_header_values_are_in_no_repr() -> None:
    """A record may end in a log."""
    assert "hidden" not in repr(RunnerRecord.parse(RUNNER | {"headers": {"x": "hidden"}}))


def test_the_kinds_load_without_pydantic() -> None:
    """A preview has no answer to validate, so it does not pay for it."""
    code = "import sys, pulumi_comfycontrol.core.types; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_item_of_a_list_loses_only_what_is_unusable() -> None:
    """A field of another type counts as missing, and null stays null; unknown fields are kept."""
    item = {"id": 5, "name": ["GPU"], "tags": "gpu", "status": 1, "headers": None, "new": {"a": 1}}
    readable = {"id": "5", "status": "1", "headers": None, "new": {"a": 1}}
    assert RunnerRecord.readable(item) == readable
