"""Tokens, accounts and the user [docs: api/authentication, user/get]."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from pulumi_comfycontrol.emulator import Emulator

from .api import NOBODY, RUNNER, Api, error_of


@pytest.mark.parametrize("header", [None, "", "cfc_emulator", "Basic cfc_emulator", "Bearer cfc_x"])
@pytest.mark.parametrize("path", ["/v1/user", "/v1/runner", "/v1/template/x", "/v1/nowhere"])
def test_without_a_known_token_every_path_answers_401(
    emulator: Emulator, header: str | None, path: str
) -> None:
    """A missing, malformed or unknown token is refused before anything else is looked at."""
    headers = {} if header is None else {"Authorization": header}
    with Api(emulator.url, token=None) as api:
        assert error_of(api.send("GET", path, headers=headers)) == (401, "Invalid token")


def test_an_expired_token_is_named_as_such(emulator: Emulator, api: Api) -> None:
    """The message distinguishes an expired token from an unknown one."""
    emulator.expire_token(emulator.token)
    assert error_of(api.send("GET", "/v1/user")) == (401, "Token has expired")


def test_a_revoked_token_is_unknown_and_its_successor_sees_the_same_runners(
    emulator: Emulator, api: Api
) -> None:
    """Rotating a token does not touch the account."""
    runner = api.create()
    emulator.add_token("cfc_next", emulator.account)
    emulator.revoke_token(emulator.token)
    assert error_of(api.send("GET", "/v1/user")) == (401, "Invalid token")
    with Api(emulator.url, "cfc_next") as after:
        assert after.get("/v1/runner")["runners"] == [runner]


def test_the_user_has_the_documented_fields(api: Api) -> None:
    """All fields of the page user/get are there."""
    user = api.get("/v1/user")
    assert user.keys() == {
        "id",
        "name",
        "email",
        "deleted",
        "tier",
        "provider",
        "created_at",
        "updated_at",
    }
    assert (user["deleted"], user["tier"]) == (False, "enterprise")


def test_provider_of_the_user_may_be_missing(emulator: Emulator, api: Api) -> None:
    """The documentation's sample lacks the field that its list requires."""
    emulator.settings.omit_optional = True
    assert "provider" not in api.get("/v1/user")


def test_each_token_of_the_start_opens_an_account_of_its_own() -> None:
    """A foreign object is 404 for every method, and not in the list."""
    with (
        Emulator(tokens=("cfc_one", "cfc_two"), rate_limit=False) as emulator,
        Api(emulator.url, "cfc_one") as one,
        Api(emulator.url, "cfc_two") as two,
    ):
        runner = one.create()
        template = one.save(name="t", description="d").json()
        assert one.get("/v1/user")["id"] == runner["user_id"] != two.get("/v1/user")["id"]
        for path in (f"/v1/runner/{runner['id']}", f"/v1/template/{template['id']}"):
            assert error_of(two.send("GET", path)) == (404, "requested entity not found")
            assert error_of(two.send("DELETE", path))[0] == 404
        foreign = two.send("PUT", f"/v1/runner/{runner['id']}", json={"name": "mine"})
        assert error_of(foreign)[0] == 404
        assert two.get("/v1/runner") == {"runners": [], "total": 0}
        assert one.get(f"/v1/runner/{runner['id']}") == runner


def test_a_token_opens_the_same_account_after_a_restart(tmp_path: Path) -> None:
    """Also from memory, so that the provider does not mistake its own objects for others'."""
    accounts = set()
    for db in (None, None, tmp_path / "one.sqlite3", tmp_path / "two.sqlite3"):
        with Emulator(db=db, tokens=("cfc_one", "cfc_two")) as emulator:
            added = emulator.add_token("cfc_three")
            users = []
            for token in ("cfc_one", "cfc_two", "cfc_three"):
                with Api(emulator.url, token) as api:
                    users.append(api.get("/v1/user")["id"])
            assert users[2] == added
            accounts.add(tuple(users))
    [ids] = accounts
    assert len(set(ids)) == 3
    assert all(str(uuid.UUID(one)) == one and uuid.UUID(one).version == 4 for one in ids)


def test_a_revoked_token_that_comes_back_has_its_account(emulator: Emulator, api: Api) -> None:
    """As after a restart."""
    runner = api.create()
    emulator.revoke_token(emulator.token)
    emulator.add_token(emulator.token)
    assert api.get("/v1/runner")["runners"] == [runner]


@pytest.mark.parametrize(("tier", "runners", "templates"), [("free", 1, 5), ("pro", 5, 50)])
def test_a_tier_limits_runners_and_templates(tier: str, runners: int, templates: int) -> None:
    """The object that is too many is 403; deleting one makes room at once (A29)."""
    with Emulator(tier=tier, rate_limit=False) as emulator, Api(emulator.url) as api:
        made = [api.create() for _ in range(runners)]
        too_many = api.send("POST", "/v1/runner", json=RUNNER)
        assert error_of(too_many) == (403, "Runner limit exceeded for your tier")
        api.put(made[0], status="disabled")  # still counts (A30)
        assert api.send("POST", "/v1/runner", json=RUNNER).status_code == 403
        api.send("DELETE", f"/v1/runner/{made[0]['id']}")
        api.create()
        emulator.templates.seed_many(*[{"name": "t"}] * templates)
        answer = api.save(name="t", description="d")
        assert error_of(answer) == (403, "Template limit exceeded for your tier")


def test_a_broken_rule_is_reported_before_the_tier_s_limit() -> None:
    """400 wins over 403."""
    with Emulator(tier="free") as emulator, Api(emulator.url) as api:
        api.create()
        assert api.send("POST", "/v1/runner", json={"name": ""}).status_code == 400


def test_limits_of_tiers_can_be_changed(emulator: Emulator, api: Api) -> None:
    """The numbers are invented, so they are settings."""
    limits = emulator.settings.tier_limits
    limits["enterprise"]["runners"] = 0
    emulator.settings.tier_limits = limits
    assert api.send("POST", "/v1/runner", json=RUNNER).status_code == 403


def test_an_account_may_have_a_tier_of_its_own(emulator: Emulator, api: Api) -> None:
    """The tier that a token was added with wins over that of the settings."""
    emulator.add_token("cfc_small", tier="free")
    with Api(emulator.url, "cfc_small") as small:
        assert small.get("/v1/user")["tier"] == "free"
        small.create()
        assert small.send("POST", "/v1/runner", json=RUNNER).status_code == 403
    assert api.get("/v1/user")["tier"] == "enterprise"


@pytest.mark.parametrize("path", ["/v1/workflow", "/v1/runner/", f"/v1/workflow/{NOBODY}", "/v1/x"])
def test_a_path_without_a_route_is_404(api: Api, path: str) -> None:
    """Also workflows, which are not emulated."""
    assert error_of(api.send("GET", path)) == (404, "not found")


def test_a_method_without_a_route_is_405(api: Api) -> None:
    """The API has no PATCH."""
    assert error_of(api.send("PATCH", "/v1/runner"))[0] == 405
