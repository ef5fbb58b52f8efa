"""Several accounts in one program, and lookups in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_comfycontrol as comfycontrol
from pulumi_comfycontrol import Provider, Runner, Template
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"
EU_TOKEN = "cfc_eu_hidden"


@pytest.fixture
def eu(emulator: Emulator) -> str:
    """A second account, and its id."""
    return emulator.add_token(EU_TOKEN, "eu-account")


@pytest.fixture
def live(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program runs in this process, so functions find the token in its environment."""
    monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)


class Pool(pulumi.ComponentResource):
    """Runners that inherit the provider of their component."""

    def __init__(self, name: str, size: int, opts: pulumi.ResourceOptions) -> None:
        super().__init__("test:index:Pool", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        for number in range(size):
            Runner(f"{name}-{number}", name=f"{name} {number}", endpoint=ENDPOINT, opts=own)


def test_each_resource_is_made_in_its_providers_account(
    stack: MakeStack, emulator: Emulator, eu: str
) -> None:
    """Directly, inherited, and without one; the tokens stay secret; all is deleted again."""

    def program() -> None:
        Runner("home", name="Home", endpoint=ENDPOINT)
        account = Provider("eu", api_token=EU_TOKEN, api_url=emulator.url)
        given = pulumi.ResourceOptions(provider=account)
        Template("portrait", name="P", description="D", body={}, opts=given)
        Pool("pool", 2, pulumi.ResourceOptions(providers=[account]))

    one = stack(program)
    one.up()
    owners = {runner["name"]: runner["user_id"] for runner in emulator.runners.all()}
    assert owners == {"Home": emulator.account, "pool 0": eu, "pool 1": eu}
    assert emulator.templates.all()[0]["user_id"] == eu
    assert one.preview(expect_no_changes=True) == {}
    emulator.runners.edit(emulator.runners.all()[0]["id"], name="edited")
    one.refresh()
    one.up()
    assert {runner["name"] for runner in emulator.runners.all()} == {"Home", "pool 0", "pool 1"}
    assert EU_TOKEN not in one.output + one.state_files()
    one.destroy()
    assert emulator.runners.all() == emulator.templates.all() == []


def test_an_explicit_account_keeps_the_stores_url_secret(stack: MakeStack) -> None:
    """It is handed the stack's settings, of which one has a password."""

    def program() -> None:
        Provider("eu", api_token=EU_TOKEN)

    one = stack(program)
    url = "postgresql://ada:hunter2222@db.example.com/comfy"
    one.set_config("comfycontrol:store", url, secret=True)
    one.set_config("comfycontrol:readTimeout", "7")
    one.up()
    assert "comfycontrol:defaultReadTimeout" in one.state_text()
    assert "comfycontrol:defaultStore" in one.state_text()
    assert "hunter2222" not in one.output + one.state_files()


def test_an_explicit_account_names_itself_in_errors(stack: MakeStack, emulator: Emulator) -> None:
    """A 401 says which provider's token was refused; the environment's token is not used."""

    def program() -> None:
        account = Provider("eu", api_token="cfc_revoked", api_url=emulator.url)
        Runner("gpu", name="GPU", endpoint=ENDPOINT, opts=pulumi.ResourceOptions(provider=account))

    one = stack(program)
    text = one.failure(one.up)
    assert "the token came from the explicit provider 'eu'" in text
    assert "cfc_revoked" not in text


@pytest.fixture
def rotated(stack: MakeStack, emulator: Emulator, eu: str) -> Stack:
    """A runner of an explicit provider whose token was replaced since, in the program too."""

    def program(token: str) -> Callable[[], None]:
        def run() -> None:
            given = pulumi.ResourceOptions(
                provider=Provider("eu", api_token=token, api_url=emulator.url)
            )
            Runner("gpu", name="GPU", endpoint=ENDPOINT, opts=given)

        return run

    one = stack(program(EU_TOKEN))
    one.up()
    emulator.add_token("cfc_eu_new", eu)
    emulator.revoke_token(EU_TOKEN)
    one.run(program("cfc_eu_new"))
    return one


def test_a_rotated_token_of_a_provider_changes_no_resource(
    rotated: Stack, emulator: Emulator
) -> None:
    """Only the provider's own entry in the state is updated."""
    [before] = emulator.runners.all()
    assert rotated.up() == {"update": 1}
    assert emulator.runners.all() == [before]


@pytest.mark.soak
def test_a_rotated_token_reaches_refresh_by_the_program(rotated: Stack, emulator: Emulator) -> None:
    """Without `up` or `--run-program`, the token is that of the state."""
    assert "answered 401" in rotated.failure(rotated.refresh)
    rotated.refresh(run_program=True)
    rotated.destroy()
    assert emulator.runners.all() == []


@pytest.mark.soak
def test_an_object_does_not_move_between_accounts(
    stack: MakeStack, emulator: Emulator, eu: str
) -> None:
    """A resource whose provider alone changes is an error; under another name it is made anew."""

    def program(resource: str, *, in_eu: bool) -> Callable[[], None]:
        def run() -> None:
            account = Provider("eu", api_token=EU_TOKEN, api_url=emulator.url)
            given = pulumi.ResourceOptions(provider=account if in_eu else None)
            Runner(resource, name="GPU", endpoint=ENDPOINT, opts=given)

        return run

    one = stack(program("gpu", in_eu=False))
    one.up()
    [before] = emulator.runners.all()
    one.run(program("gpu", in_eu=True))
    one.up()
    for operation in (one.refresh, one.destroy):
        assert "belongs to another ComfyControl account" in one.failure(operation)
        assert emulator.runners.all() == [before]
    one.run(program("gpu", in_eu=False))
    one.up()
    one.run(program("gpu-eu", in_eu=True))
    one.up()
    assert [runner["user_id"] for runner in emulator.runners.all()] == [eu]


@pytest.mark.usefixtures("live")
def test_functions_look_up_what_exists(stack: MakeStack, emulator: Emulator, eu: str) -> None:
    """In preview too, with the default account or another; header values stay secret."""
    runner = emulator.runners.seed(name="GPU", endpoint=ENDPOINT, headers={"A": "hidden-value"})
    emulator.runners.seed(name="EU GPU", endpoint=ENDPOINT, account=eu)
    template = emulator.templates.seed(name="P", description="D", body={"1": "$text(a)"})

    def program() -> None:
        account = Provider("eu", api_token=pulumi.Output.secret(EU_TOKEN), api_url=emulator.url)
        plain = Provider("eu-plain", api_token=EU_TOKEN, api_url=emulator.url)
        made = Runner("made", name="Made", endpoint=ENDPOINT)
        found: dict[str, Any] = {
            "user": comfycontrol.get_user().id,
            "eu": comfycontrol.get_user_output(account=account).id,
            "eu plain": comfycontrol.get_user(account=plain).id,
            "by name": comfycontrol.get_runner(name="GPU").id,
            "headers": comfycontrol.get_runner(runner["id"]).headers,
            "headers later": comfycontrol.get_runner_output(runner["id"]).headers,
            "made": comfycontrol.get_runner_output(made.id).name,
            "active": len(comfycontrol.get_runners(status="active", name="G*")),
            "stats": comfycontrol.get_runner_stats(runner["id"]).devices[0].type,
            "managed": comfycontrol.get_managed_runners()[0].name,
            "template": comfycontrol.get_template(name="P").placeholders[0]["name"],
            "templates": [one.id for one in comfycontrol.get_templates()],
        }
        for name, value in found.items():
            pulumi.export(name, value)

    one = stack(program)
    one.preview()
    one.up()
    values = {name: one_.value for name, one_ in one.automation.outputs().items()}
    headers = {"A": "hidden-value"}
    assert values == {
        "user": emulator.account,
        "eu": eu,
        "eu plain": eu,
        "by name": runner["id"],
        "headers": headers,
        "headers later": headers,
        "made": "Made",
        "active": 1,
        "stats": "cuda",
        "managed": values["managed"],
        "template": "a",
        "templates": [template["id"]],
    }
    secret = {name for name, one_ in one.automation.outputs().items() if one_.secret}
    assert secret == {"headers", "headers later"}
    assert "hidden-value" not in one.output + one.state_files()
    assert one.preview(expect_no_changes=True) == {}


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("form", ["get_runner", "get_runner_output"])
def test_a_function_that_fails_is_one_message(
    stack: MakeStack, emulator: Emulator, form: str
) -> None:
    """Without a traceback of ours, in both forms."""

    def program() -> None:
        pulumi.export("id", getattr(comfycontrol, form)(name="nobody").id)

    text = stack(program).failure(stack(program).preview)
    sentence = (
        "The lookup get_runner failed: this account has no runner with the name 'nobody'; correct"
    )
    assert sentence in text
    assert "lookups.py" not in text


@pytest.mark.soak
def test_an_explicit_provider_takes_the_rest_from_the_stack(
    stack: MakeStack, emulator: Emulator, eu: str
) -> None:
    """Only the token is its own: the URL of the stack's config is used, not the public API."""

    def program() -> None:
        account = Provider("eu", api_token=EU_TOKEN)
        Runner("gpu", name="GPU", endpoint=ENDPOINT, opts=pulumi.ResourceOptions(provider=account))

    one = stack(program, COMFYCONTROL_API_URL="", COMFYCONTROL_API_TOKEN="")
    one.set_config("comfycontrol:apiUrl", emulator.url)
    one.up()
    assert [runner["user_id"] for runner in emulator.runners.all()] == [eu]
    assert one.preview(expect_no_changes=True) == {}
    one.destroy()
    assert emulator.runners.all() == []


def test_a_token_in_plain_text_is_warned_of(stack: MakeStack, emulator: Emulator) -> None:
    """Once in a deployment, without showing it; a secret one is not."""
    one = stack(lambda: pool("gpu", 2), COMFYCONTROL_API_TOKEN="")
    one.set_config("comfycontrol:apiToken", emulator.token, secret=False)
    one.preview()
    warnings = one.output.partition("Diagnostics:")[2]
    assert warnings.count("is in the stack's configuration file and state in plain text") == 1
    before = len(one.output)
    one.set_config("comfycontrol:apiToken", emulator.token, secret=True)
    one.preview()
    assert "plain text" not in one.output[before:]


def pool(name: str, size: int) -> None:
    """Declare runners."""
    for number in range(size):
        Runner(f"{name}-{number}", name=name, endpoint=ENDPOINT)
