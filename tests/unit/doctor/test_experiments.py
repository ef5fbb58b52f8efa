"""The doctor's findings on an emulator with one setting changed."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.chain import raw_exchange_for
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.doctor.api import Api, Unclear
from pulumi_comfycontrol.doctor.assumptions import ASSUMPTIONS
from pulumi_comfycontrol.doctor.experiments import Experiments
from pulumi_comfycontrol.doctor.finding import Verdict
from pulumi_comfycontrol.doctor.report import Report, complete, table
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.report import settings_of
from pulumi_comfycontrol.emulator.state.settings import CHOICES
from pulumi_comfycontrol.emulator.state.settings import Settings as EmulatorSettings
from tests.fakes import WallClock

#: Each value of each switch once; those of a row do not hide each other.
SWITCHES: list[dict[str, Any]] = [
    {},
    {
        "create_status": 200,
        "ids": "integer",
        "malformed_id_status": 404,
        "list_form": "data",
        "text": "trimmed",
        "tags": "sorted",
        "endpoint_path": "slash",
        "put_answer": "stale",
        "delete": "204",
        "unique_names": True,
    },
    {
        "create_lag_get": 5.0,
        "not_found_body": "html",
        "list_form": "bare",
        "text": "nfc",
        "tags": "deduplicated",
        "endpoint_path": "no-slash",
        "put_answer": "thin",
        "delete": "410",
    },
    {
        "create_lag_list": 4.0,
        "not_found_body": "empty",
        "list_empty": "null",
        "tags": "lower",
        "endpoint_path": "resolved",
        "put_answer": "empty",
        "delete": "soft",
    },
    {
        "times": "epoch",
        "not_found_body": "error-object",
        "list_total": "missing",
        "tags": "added",
        "normalize_endpoint": True,
        "put_bumps": "changed",
        "delete": "202-later",
        "delete_delay": 5.0,
    },
    {
        "fractions": True,
        "extra_fields": True,
        "list_total": "text",
        "list_order": "oldest",
        "mask_headers": True,
        "put_bumps": "always",
        "delete": "soft",
        "delete_marker": "deletedAt",
    },
    {
        "time_offset": -30.0,
        "omit_optional": True,
        "status_filter": False,
        "list_total": "page",
        "unknown_status": True,
        "sort_template_keys": True,
        "delete": "soft",
        "delete_marker": "removed_at",
    },
    {
        "list_page_cap": 2,
        "list_omits": ["headers"],
        "status_on_create": True,
        "template_numbers": "doubles",
        "put_requires_all": True,
        "delete": "soft",
        "delete_marker": "deleted",
    },
    {"put_resets": True, "merge_headers": True, "delete": "soft", "delete_marker": "is_deleted"},
    {"put_ignores_empty": True, "delete": "soft", "delete_marker": "status"},
]
UNDELETABLE = ["405", "501", "no-route", "kept"]
#: Switches that one runner and one template can't show, and why.
UNSEEN = {
    "tier_limits": "the account would have to be filled",
    "managed_visible": "told in words, as other tiers are not seen",
    "rate_fixed_window": "the 429 would have to be provoked several times",
    "rate_html": "see test_command.py: only on demand",
    "rate_retry_after": "see test_command.py: only on demand",
    "challenge": "nothing else could be seen",
}

#: Requests of a run; one that waits for a removal needs more.
MOST, MOST_WAITING = 100, 160
#: How many of the switches are played twice.
TWICE = 5


def examine(
    *, before: int = 3, oversized: bool = False, window: float = 1e-4, **switches: Any
) -> tuple[Report, int]:
    """Run all experiments in an account with some runners; returns also how many are left.

    The doctor's quota allows one request in ``window`` seconds.
    """
    clock = WallClock()
    with Emulator(clock=clock, rate_limit=False) as emulator:
        for number in range(before):
            emulator.runners.seed(
                name="GPU", endpoint="http://x", created_at=f"2026-01-0{number + 1}T00:00:00Z"
            )
        emulator.settings.change(switches)
        settings = Settings(Secret(emulator.token), url=emulator.url)
        quota = file_quota(None, 1, window, clock)
        api = Api(raw_exchange_for(settings, quota=quota, clock=clock), clock)
        experiments = Experiments(api, clock, emulator.token, oversized=oversized)
        report = Report(findings=list(experiments.findings()), left_behind=experiments.left_behind)
        assert len(emulator.requests) < (MOST_WAITING if "delete" in switches else MOST)
        clock.sleep(60)
        left = len(emulator.runners.all()) + len(emulator.templates.all()) - before
        return report, left


def rows(report: Report) -> list[tuple[int, str, Verdict, str]]:
    """The report's table."""
    found = complete(report.findings)
    return [(one.number, one.seen, one.verdict, one.subject) for one in found]


def test_the_wait_for_the_quota_is_no_delay_of_the_api() -> None:
    """A new object that the first GET shows has no lag, however late that GET was sent."""
    assert examine(window=1.0)[0].emulator_settings == {}


@pytest.mark.parametrize("row", range(len(SWITCHES)))
def test_an_emulator_can_imitate_what_was_seen(row: int, tmp_path: Path) -> None:
    """The report's settings are those of the emulated API, which `--like` makes seen alike."""
    report, left = examine(**SWITCHES[row])
    assert report.emulator_settings == SWITCHES[row]
    assert not report.left_behind
    assert left == 0
    assert not [one for one in report.findings if one.verdict is Verdict.UNCLEAR]
    if 0 < row <= TWICE:
        file = tmp_path / "report.json"
        file.write_text(json.dumps(report.as_json()))
        again, _ = examine(**settings_of(file))
        assert rows(again) == rows(report)


def test_every_switch_is_tried_or_known_to_be_unseen() -> None:
    """A new reading of an assumption gets an experiment, or a reason why there is none."""
    tried = {(name, str(value)) for row in SWITCHES for name, value in row.items()}
    tried |= {("delete", value) for value in UNDELETABLE}
    for field in fields(EmulatorSettings):
        if field.metadata["assumption"] and field.name not in UNSEEN:
            default = getattr(EmulatorSettings(), field.name)
            others = [one for one in CHOICES.get(field.name, ()) if one != default]
            seen = {value for name, value in tried if name == field.name}
            assert seen, field.name
            assert set(map(str, others)) <= seen, field.name


@pytest.mark.parametrize("delete", UNDELETABLE)
def test_what_cannot_be_removed_is_named(delete: str) -> None:
    """With its id, for the dashboard."""
    report, left = examine(delete=delete)
    assert report.emulator_settings == {"delete": delete}
    assert left == 3
    assert len(report.left_behind) == 3
    assert all("could not be removed; remove it in the dashboard" in text
               for text in report.left_behind)  # fmt: skip
    assert any(one.verdict is Verdict.FATAL for one in report.findings)


@pytest.mark.parametrize("before", [0, 3])
def test_a_documented_api_is_as_assumed(before: int) -> None:
    """An assumption's row says what was seen, or why nothing was looked for."""
    report, _ = examine(before=before, oversized=True)
    assert {one.verdict for one in report.findings} == {Verdict.ASSUMED, Verdict.UNSEEN}
    found = complete(report.findings)
    assert list(dict.fromkeys(one.number for one in found)) == [one.number for one in ASSUMPTIONS]
    unseen = {one.number for one in found if one.verdict is Verdict.UNSEEN}
    assert unseen == {2, 18, 19, 21, 25, 26, 27, 29, 30, 31}
    lines = list(table(report.findings))
    assert "A4: the status of a create" in lines
    assert "  seen: runner and template: 201 (as assumed)" in lines
    assert any(text.startswith("  not looked for: a workflow can't be removed") for text in lines)
    assert any("an empty name gets 400, 'name cannot be empty'" in text for text in lines)
    assert any("51 MB get 400" in text for text in lines)


def test_what_is_not_looked_for_has_a_reason() -> None:
    """Also in the page of assumptions; the others have an experiment."""
    report, _ = examine()
    unseen = {one.number for one in complete(report.findings) if one.verdict is Verdict.UNSEEN}
    assert {one.number for one in ASSUMPTIONS if one.unseen} == unseen - {21}


@pytest.mark.parametrize("most", [1, 2])
def test_a_full_account_is_no_failure(most: int) -> None:
    """Experiments that need an object report why they have no result; the limit is a finding."""
    limits = {"runners": most, "templates": 0}
    report, left = examine(
        before=1,
        tier="free",
        tier_limits=dict.fromkeys(("free", "pro", "plus", "enterprise"), limits),
    )
    assert left == 0
    unclear = [one for one in report.findings if one.verdict is Verdict.UNCLEAR]
    texts = {one.seen.rpartition(", ")[2] for one in unclear if one.subject == "runner"}
    assert texts >= {"'Runner limit exceeded for your tier'"}
    assert {one.subject for one in unclear} == {"runner", "template"}
    assert any(one.number == 29 for one in report.findings) is (most == 2)


@pytest.mark.parametrize("times", [1, None])
def test_an_object_whose_creation_was_not_answered_is_removed(times: int | None) -> None:
    """The list shows it, even if the next create was answered."""
    clock = WallClock()
    with Emulator(clock=clock, rate_limit=False) as emulator:
        settings = Settings(Secret(emulator.token), url=emulator.url)
        quota = file_quota(None, 100_000, 10.0, clock)
        api = Api(raw_exchange_for(settings, quota=quota, clock=clock), clock)
        emulator.fault("drop_after", "POST", times=times)
        experiments = Experiments(api, clock, emulator.token)
        list(experiments.findings())
        assert emulator.runners.all() == []
        assert emulator.templates.all() == []
        assert experiments.left_behind == []


def test_a_list_that_cannot_be_read_keeps_nothing_from_being_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ids of creates that were answered are known without it."""

    def unreadable(*_: object) -> None:
        raise Unclear("unreadable")

    monkeypatch.setattr("pulumi_comfycontrol.doctor.api.Api.listing", unreadable)
    report, left = examine(delete="kept")
    assert left == 3
    assert len(report.left_behind) == 3
    report, left = examine()
    assert left == 0
    assert report.left_behind == []


def test_an_interrupted_run_cleans_up() -> None:
    """Ctrl-C ends the experiments, and not the removal."""
    clock = WallClock()
    with Emulator(clock=clock, rate_limit=False) as emulator:
        settings = Settings(Secret(emulator.token), url=emulator.url)
        quota = file_quota(None, 100_000, 10.0, clock)
        api = Api(raw_exchange_for(settings, quota=quota, clock=clock), clock)
        findings = Experiments(api, clock, emulator.token).findings()
        while not emulator.runners.all():
            next(findings)
        assert len(emulator.runners.all()) == 1
        with pytest.raises(KeyboardInterrupt):
            findings.throw(KeyboardInterrupt())
        assert emulator.runners.all() == []
