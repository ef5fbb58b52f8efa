"""A runner's life on the real engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi

from pulumi_comfycontrol import Runner
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

ENDPOINT = "https://comfy.example.com"
HEADERS = {"Authorization": "Bearer hunter2-header"}
FULL = {"name": "GPU", "endpoint": ENDPOINT, "headers": HEADERS, "tags": ["a", "b"]}
MakeStack = Callable[..., Stack]


def program(**arguments: Any) -> Callable[[], None]:
    """A program of one runner, "gpu"."""

    def run() -> None:
        Runner("gpu", **{"name": "GPU", "endpoint": ENDPOINT} | arguments)

    return run


def test_basic(stack: MakeStack, emulator: Emulator) -> None:
    """`up` registers the runner once, all that the API said is in the state; `destroy` deletes it.

    Before, the first create in a new state folder looks at the list, as a lost machine may have
    made the runner already. The process's first deletion is made sure of by a GET.
    """
    one = stack(program(**FULL))
    assert one.up() == {"create": 2}
    [runner] = emulator.runners.all()
    assert {name: runner[name] for name in FULL} == FULL
    outputs = one.outputs()
    assert outputs["user_id"] == emulator.account
    assert outputs["created_at"] == runner["created_at"]
    assert one.resources()["gpu"]["id"] == runner["id"]
    assert [request.method for request in emulator.requests] == ["GET", "POST"]
    emulator.clear_requests()
    assert one.destroy() == {"delete": 2}
    assert emulator.runners.all() == []
    assert [(r.method, r.status) for r in emulator.requests] == [("DELETE", 200), ("GET", 404)]


def test_second_preview_is_empty(stack: MakeStack, emulator: Emulator) -> None:
    """After an `up`, a preview finds nothing to do and sends nothing, whatever is declared."""

    def run() -> None:
        for number, arguments in enumerate(
            (
                {},
                {"headers": {}, "tags": []},
                {"headers": HEADERS, "tags": ["b", "a"], "status": "active"},
                {"status": "disabled"},
            )
        ):
            Runner(f"r{number}", name="GPU", endpoint=ENDPOINT, **arguments)  # type: ignore[arg-type]

    one = stack(run)
    one.up()
    emulator.clear_requests()
    assert one.preview(expect_no_changes=True) == {}
    assert emulator.requests == []


def test_each_field_is_updated_in_place_by_what_changed(
    stack: MakeStack, emulator: Emulator
) -> None:
    """A PUT carries the changed field alone; the id stays; removed fields get their default."""
    changes: dict[str, Any] = {
        "name": "Other",
        "endpoint": "http://192.168.1.100:8188",
        "headers": {"X-Key": "other-header"},
        "tags": ["c"],
        "status": "disabled",
    }
    unset = {"status": "active", "tags": []}
    one = stack(one_for_each(changes, lambda _field: {}))
    one.up()
    before = ids(one)
    one.run(one_for_each(changes, lambda field: {field: changes[field]}))
    emulator.clear_requests()
    assert one.up() == {"update": len(changes)}
    assert ids(one) == before
    check_puts(emulator, {before[field]: changes[field] for field in changes}, changes)
    emulator.clear_requests()
    one.run(
        one_for_each(
            changes, lambda field: {field: None} if field in unset else {field: changes[field]}
        )
    )
    assert one.up() == {"update": len(unset)}
    assert ids(one) == before
    check_puts(emulator, {before[field]: unset[field] for field in unset}, unset)


def one_for_each(
    fields: Iterable[str], arguments: Callable[[str], dict[str, Any]]
) -> Callable[[], None]:
    """A program with a runner for each field, named so, whose arguments differ from ``FULL``."""

    def run() -> None:
        for field in fields:
            Runner(field, **FULL | arguments(field))

    return run


def ids(stack: Stack) -> dict[str, str]:
    """The ids in the state, by resource name."""
    return {name: str(resource["id"]) for name, resource in stack.resources().items()}


def check_puts(emulator: Emulator, values: Mapping[str, Any], fields: Iterable[str]) -> None:
    """Check that each runner was sent one field alone, and has the value now, by its id."""
    sent = sorted((request.method, *request.body) for request in emulator.requests)
    assert sent == sorted(("PUT", field) for field in fields)
    for field, (id_, value) in zip(fields, values.items(), strict=True):
        [now] = [runner for runner in emulator.runners.all() if runner["id"] == id_]
        assert now[field] == value


def test_drift_is_seen_field_by_field_and_repaired(stack: MakeStack, emulator: Emulator) -> None:
    """`refresh` sees an edit of any field that the program sets, and `up` puts it back."""
    edits: dict[str, Any] = {
        "name": "Edited",
        "endpoint": "http://edited.example.com",
        "headers": {"Authorization": "edited-header"},
        "tags": ["edited"],
        "status": "disabled",
    }
    one = stack(one_for_each(edits, lambda _field: {"status": "active"}))
    one.up()
    before = emulator.runners.all()
    for field, id_ in ids(one).items():
        emulator.runners.edit(id_, **{field: edits[field]})
    assert one.refresh() == {"update": len(edits)}
    for field in edits:
        assert re.search(rf"Runner {field} .*\[diff: ~{field}\]", one.output)
    assert one.up() == {"update": len(edits)}
    for was, now in zip(before, emulator.runners.all(), strict=True):
        assert was | {"updated_at": now["updated_at"]} == now
    assert one.preview() == {}
    assert "edited-header" not in one.output


def test_fields_that_the_program_does_not_set_are_left_alone(
    stack: MakeStack, emulator: Emulator
) -> None:
    """Values of an unset field that were added in the dashboard survive; headers stay secret."""
    one = stack(program())
    one.up()
    [runner] = emulator.runners.all()
    emulator.runners.edit(runner["id"], tags=["theirs"], headers={"X-Key": "their-header"})
    one.refresh()
    assert one.up() == {}
    [now] = emulator.runners.all()
    assert now["tags"] == ["theirs"]
    assert one.outputs()["tags"] == ["theirs"]
    assert "their-header" not in one.state_text() + one.output


def test_disappears(stack: MakeStack, emulator: Emulator) -> None:
    """A runner that was removed outside leaves the state, and the next `up` makes another.

    `destroy` without a refresh succeeds, too.
    """
    one = stack(program())
    one.up()
    [runner] = emulator.runners.all()
    emulator.runners.delete(runner["id"])
    assert one.refresh() == {"delete": 1}
    assert one.resources() == {}
    assert one.up() == {"create": 1}
    [another] = emulator.runners.all()
    assert another["id"] != runner["id"]
    emulator.runners.delete(another["id"])
    assert one.destroy() == {"delete": 2}


def test_another_accounts_token_removes_nothing_from_the_state(
    stack: MakeStack, emulator: Emulator
) -> None:
    """A 404 for another account's token is no proof: refresh and destroy fail with a sentence."""
    one = stack(program())
    one.up()
    emulator.add_token("cfc_other")
    one.environ(COMFYCONTROL_API_TOKEN="cfc_other")
    assert "belongs to another ComfyControl account" in one.failure(one.refresh)
    assert "belongs to another ComfyControl account" in one.failure(one.destroy)
    assert "gpu" in one.resources()
    assert len(emulator.runners.all()) == 1


def test_all_faults_are_reported_in_preview_at_once(stack: MakeStack, emulator: Emulator) -> None:
    """Each broken rule is one sentence that names property, rule and value; nothing is sent."""
    arguments = {
        "name": "",
        "endpoint": "ftp://comfy.example.com",
        "headers": {"Bad Name": "x", "X-Key": "hunter2\nheader", "x-key": "hunter3"},
        "tags": ["a", "a", "", 5],
        "status": "paused",
        "endpont": "typo",
    }
    one = stack(program(**arguments))
    text = one.failure(one.preview)
    for sentence in [
        "name must have 1 to 100 characters, but '' has 0",
        "endpoint must be an http or https URL, but it is 'ftp://comfy.example.com'",
        "headers['Bad Name']: a header's name must be",
        "headers['X-Key'] must not have control characters",
        "headers['x-key'] is the same header as 'X-Key'",
        "tags[1] is 'a' once more",
        "tags[2] must not be empty",
        "tags[3] must be a string, but it is the number 5",
        "status must be 'active' or 'disabled', but it is 'paused'",
        "endpont is not an argument",
        "did you mean endpoint?",
    ]:
        assert sentence in text
    assert "hunter" not in text
    assert "Traceback" not in text
    assert emulator.requests == []


def test_unknown_values_are_skipped_in_preview(stack: MakeStack, emulator: Emulator) -> None:
    """Values of resources that don't exist yet are no fault, and are checked when they do."""

    def run() -> None:
        first = Runner("first", name="First", endpoint=ENDPOINT)
        Runner(
            "gpu",
            name=first.id.apply(lambda id_: f"after {id_}"),
            endpoint=pulumi.Output.concat("http://", first.id, ".example.com"),
            tags=["fixed", first.id],
            headers={"X-First": first.id},
        )

    one = stack(run)
    assert one.preview() == {"create": 3}
    assert emulator.requests == []
    one.up()
    assert one.preview() == {}
    assert len(emulator.runners.all()) == 2


def test_header_values_and_the_token_show_nowhere(stack: MakeStack, emulator: Emulator) -> None:
    """Neither is in the CLI's output, in the state, or in any file on disk."""
    one = stack(program(**FULL))
    one.preview(diff=True)
    one.up(diff=True)
    one.run(program(**FULL | {"headers": {"Authorization": "Bearer second-header"}}))
    one.up(diff=True)
    emulator.runners.edit(emulator.runners.all()[0]["id"], headers={"A": "third-header"})
    one.refresh(diff=True)
    emulator.fault("status", status=403, message="no hunter2-header for cfc_emulator")
    one.run(program(**FULL))
    text = one.failure(one.up)
    assert "PUT /v1/runner/" in text
    seen = one.output + text + one.state_files()
    for secret in ("hunter2-header", "second-header", "third-header", emulator.token):
        assert secret not in seen
    assert "set_fields" not in one.output  # the provider's own notes are not shown either


def test_an_error_is_one_sentence_on_the_resources_row(
    stack: MakeStack, emulator: Emulator
) -> None:
    """A refusal names resource, method, path, status and message, and shows no traceback."""
    emulator.settings.change({"tier": "free"})
    one = stack(program())
    one.up()

    def two() -> None:
        program()()
        Runner("second", name="Second", endpoint=ENDPOINT)

    one.run(two)
    text = one.failure(one.up)
    assert (
        "Creating runner 'second' failed: POST /v1/runner answered 403,"
        ' "Runner limit exceeded for your tier"; the account\'s tier' in text
    )
    assert "Traceback" not in text


def test_a_rejected_token_is_explained(stack: MakeStack, emulator: Emulator) -> None:
    """A 401 says where the token came from, and never the token."""
    one = stack(program(), COMFYCONTROL_API_TOKEN="")
    one.set_config("comfycontrol:apiToken", "cfc_revoked", secret=True)
    text = one.failure(one.up)
    assert "the token came from the stack config comfycontrol:apiToken" in text
    assert "cfc_revoked" not in text
    assert "Traceback" not in text


def test_the_environments_token_wins_after_a_rotation(stack: MakeStack, emulator: Emulator) -> None:
    """`destroy` with a stale token in the state works once the environment has the new one."""
    one = stack(program(), COMFYCONTROL_API_TOKEN="")
    one.set_config("comfycontrol:apiToken", emulator.token, secret=True)
    one.up()
    emulator.add_token("cfc_new", emulator.account)
    emulator.revoke_token(emulator.token)
    assert "answered 401" in one.failure(one.destroy)
    one.environ(COMFYCONTROL_API_TOKEN="cfc_new")
    assert one.destroy() == {"delete": 2}


def test_a_lost_answer_to_the_create_makes_one_runner(stack: MakeStack, emulator: Emulator) -> None:
    """The runner that a POST with a lost answer made is found and taken."""
    emulator.fault("drop_after", "POST", "/v1/runner")
    one = stack(program(**FULL))
    assert one.up() == {"create": 2}
    [runner] = emulator.runners.all()
    assert one.resources()["gpu"]["id"] == runner["id"]
    assert one.preview() == {}


def test_a_follow_up_that_fails_keeps_the_id(stack: MakeStack, emulator: Emulator) -> None:
    """`status="disabled"` needs a PUT; when that is refused, the next `up` finishes the runner."""
    emulator.fault("status", "PUT", status=403, message="not now")
    one = stack(program(status="disabled"))
    text = one.failure(one.up)
    assert "the next `pulumi up` finishes it" in text
    [runner] = emulator.runners.all()
    assert one.resources()["gpu"]["id"] == runner["id"]
    assert one.up() == {"update": 1}
    assert emulator.runners.all()[0]["status"] == "disabled"
    assert len(emulator.runners.all()) == 1
    assert one.preview() == {}


def test_a_delete_that_did_not_happen_is_an_error(stack: MakeStack, emulator: Emulator) -> None:
    """When the API does not delete (A28), the state stays and two ways out are named.

    ``tests/variants`` has the other ways in which an API may not delete.
    """
    one = stack(program())
    one.up()
    emulator.settings.change({"delete": "kept"})
    text = one.failure(one.destroy)
    assert "set status='disabled'" in text
    assert "`pulumi refresh`" in text
    assert "gpu" in one.resources()


def test_credentials_in_an_endpoint_are_a_secret(stack: MakeStack, emulator: Emulator) -> None:
    """An endpoint with a password is kept like a header, also when it was set outside."""
    one = stack(program(endpoint="https://robot:hunter2@comfy.example.com"))
    one.preview(diff=True)
    one.up(diff=True)
    [runner] = emulator.runners.all()
    assert runner["endpoint"] == "https://robot:hunter2@comfy.example.com"
    assert one.preview(expect_no_changes=True) == {}
    emulator.runners.edit(runner["id"], endpoint="https://robot:hunter3@comfy.example.com")
    assert one.refresh(diff=True) == {"update": 1}
    message = "no such host: robot:hunter2@comfy"
    emulator.fault("status", "PUT", status=400, message=message, times=2)
    text = one.failure(one.up)
    assert one.up(diff=True) == {"update": 1}
    assert "hunter" not in one.output + text + one.state_files()


def test_an_outputs_name_is_no_argument(stack: MakeStack, emulator: Emulator) -> None:
    """Neither the API's own properties nor the provider's internal ones are arguments."""
    one = stack(program(user_id="x", created_at="now", import_id="y"))
    text = one.failure(one.preview)
    for name in ("user_id", "created_at", "import_id"):
        assert f"{name} is not an argument" in text
    assert emulator.requests == []
