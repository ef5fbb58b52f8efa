"""What the doctor sees of an API, told by an emulator that answers in one other way."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_comfycontrol.core.api.chain import raw_exchange_for
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.doctor.api import Api
from pulumi_comfycontrol.doctor.experiments import Experiments
from pulumi_comfycontrol.doctor.finding import Verdict
from pulumi_comfycontrol.doctor.report import Report, missing_numbers, table
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import WallClock

SWITCHES: list[dict[str, Any]] = [
    {},
    {"create_status": 200},
    {"create_lag_get": 5.0},
    {"create_lag_list": 4.0},
    {"ids": "integer"},
    {"times": "epoch"},
    {"time_offset": -30.0},
    {"omit_optional": True},
    {"status_filter": False},
    {"fractions": True},
    {"malformed_id_status": 404},
    {"not_found_body": "html"},
    {"not_found_body": "empty"},
    {"not_found_body": "error-object"},
    {"extra_fields": True},
    {"list_form": "data"},
    {"list_form": "bare"},
    {"list_empty": "null"},
    {"list_total": "missing"},
    {"list_total": "text"},
    {"list_total": "page"},
    {"list_order": "oldest"},
    {"list_page_cap": 2},
    {"list_omits": ["headers"]},
    {"text": "trimmed"},
    {"text": "nfc"},
    {"tags": "sorted"},
    {"tags": "deduplicated"},
    {"tags": "lower"},
    {"tags": "added"},
    {"normalize_endpoint": True},
    {"endpoint_path": "slash"},
    {"endpoint_path": "no-slash"},
    {"endpoint_path": "resolved"},
    {"mask_headers": True},
    {"unknown_status": True},
    {"status_on_create": True},
    {"sort_template_keys": True},
    {"template_numbers": "doubles"},
    {"put_bumps": "changed"},
    {"put_bumps": "always"},
    {"put_answer": "stale"},
    {"put_answer": "thin"},
    {"put_answer": "empty"},
    {"put_requires_all": True},
    {"put_resets": True},
    {"put_ignores_empty": True},
    {"merge_headers": True},
    {"delete": "204"},
    {"delete": "410"},
    {"delete": "soft"},
    {"delete": "202-later", "delete_delay": 6.0},
]
UNDELETABLE = ["405", "501", "no-route", "kept"]


def examine(**switches: Any) -> tuple[Report, Emulator, int]:
    """Run all experiments in an account with three runners; returns also how many are left."""
    clock = WallClock()
    with Emulator(clock=clock, rate_limit=False) as emulator:
        for number in range(3):
            emulator.runners.seed(
                name="GPU", endpoint="http://x", created_at=f"2026-01-0{number + 1}T00:00:00Z"
            )
        emulator.settings.change(switches)
        settings = Settings(Secret(emulator.token), url=emulator.url)
        quota = file_quota(None, 100_000, 10.0, clock)
        api = Api(raw_exchange_for(settings, quota=quota, clock=clock), clock)
        experiments = Experiments(api, clock, emulator.token)
        report = Report(findings=list(experiments.findings()), left_behind=experiments.left_behind)
        clock.sleep(60)
        left = len(emulator.runners.all()) + len(emulator.templates.all()) - 3
        return report, emulator, left


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_an_emulator_can_imitate_what_was_seen(switches: dict[str, Any]) -> None:
    """The settings of the report are those that made the API what it was, and no others."""
    report, _, left = examine(**switches)
    assert report.emulator_settings == switches
    assert not report.left_behind
    assert left == 0
    assert not [one for one in report.findings if one.verdict is Verdict.UNCLEAR]


@pytest.mark.parametrize("delete", UNDELETABLE)
def test_what_cannot_be_removed_is_named(delete: str) -> None:
    """With its id, for the dashboard."""
    report, _, left = examine(delete=delete)
    assert report.emulator_settings == {"delete": delete}
    assert left == 2
    assert len(report.left_behind) == 2
    assert all("could not be removed; remove it in the dashboard" in text
               for text in report.left_behind)  # fmt: skip
    assert any(one.verdict is Verdict.FATAL for one in report.findings)


def test_a_documented_api_is_as_assumed() -> None:
    """Each row says what was seen and what the provider does; the rest is named."""
    report, emulator, _ = examine()
    assert {one.verdict for one in report.findings} == {Verdict.ASSUMED}
    lines = list(table(report.findings))
    assert "A4: the status of a create" in lines
    assert "  seen: runner and template: 201 (as assumed)" in lines
    assert "A31" in lines[-1]
    assert "A20" not in missing_numbers(report.findings)
    assert "A28" not in missing_numbers(report.findings)
    assert len(emulator.requests) < 100


def test_a_full_account_is_no_failure() -> None:
    """What needs an object is not found out, and says why."""
    report, _, left = examine(tier="free", tier_limits={
        tier: {"runners": 1, "templates": 0} for tier in ("free", "pro", "plus", "enterprise")
    })  # fmt: skip
    assert left == 0
    unclear = [one for one in report.findings if one.verdict is Verdict.UNCLEAR]
    assert {one.subject for one in unclear} == {"runner", "template"}
    assert all("Runner limit" in one.seen or "Template limit" in one.seen for one in unclear)


def test_an_object_whose_creation_was_not_answered_is_removed() -> None:
    """The list tells of it."""
    clock = WallClock()
    with Emulator(clock=clock, rate_limit=False) as emulator:
        settings = Settings(Secret(emulator.token), url=emulator.url)
        quota = file_quota(None, 100_000, 10.0, clock)
        api = Api(raw_exchange_for(settings, quota=quota, clock=clock), clock)
        emulator.fault("drop_after", "POST", times=None)
        experiments = Experiments(api, clock, emulator.token)
        list(experiments.findings())
        assert emulator.runners.all() == []
        assert emulator.templates.all() == []
        assert experiments.left_behind == []


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
