"""The operations of both front-ends: what no message of theirs shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.call import Call
from pulumi_comfycontrol.frontend.operations import Failed, Operations
from pulumi_comfycontrol.frontend.session import Session
from pulumi_comfycontrol.frontend.state import Known

CALL = Call("urn:pulumi:dev::test::type::gpu")
VALUES = {"name": "GPU", "endpoint": "http://me:swordfish@x/", "headers": {"A": "hunter2-x"}}
KNOWN = Known(VALUES, frozenset(VALUES), managed=True)


@pytest.mark.parametrize(
    "operate",
    [
        lambda one, _id: one.create(CALL, VALUES),
        lambda one, id_: one.read(id_, KNOWN),
        lambda one, id_: one.update(CALL, id_, KNOWN, {**VALUES, "name": "New"}),
        lambda one, id_: one.delete(id_, KNOWN),
    ],
    ids=["create", "read", "update", "delete"],
)
def test_an_answer_that_quotes_the_secrets_of_another_request_shows_none(
    emulator: Emulator, operate: Callable[[Operations, str], Any]
) -> None:
    """As a GET that verifies what a request without a usable answer has done."""
    id_ = emulator.runners.seed(**VALUES)["id"]
    emulator.fault("drop_after", "POST")
    emulator.fault("empty", "PUT")
    said = "can't show hunter2-x of http://me:swordfish@x/"
    emulator.fault("status", "GET", times=None, status=403, message=said)
    settings = Settings(Secret(emulator.token), url=emulator.url, quota=(100_000, 1.0))
    operations = Operations(Session(lambda: settings, ""), RUNNER)
    with pytest.raises(Failed) as caught, operations.reporting(CALL, "trying"):
        operate(operations, id_)
    assert "can't show [secret] of http://[secret]@x/" in str(caught.value)
