"""Deletion: few requests, and no answer trusted without verification (A28)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.body import Form
from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.api.responses import Accepted
from pulumi_comfycontrol.core.errors import ComfyControlError, ResourceError
from pulumi_comfycontrol.core.lifecycle.delete import Verdicts
from pulumi_comfycontrol.core.lifecycle.lifecycle import Lifecycle
from pulumi_comfycontrol.core.types.record import Record
from pulumi_comfycontrol.core.types.template import TEMPLATE
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.frontend.cancellation import CancellableClock
from tests.fakes import make_lifecycle

MACHINE = {"name": "GPU", "endpoint": "http://x"}


def sent(emulator: Emulator) -> list[str]:
    """The methods of all requests."""
    return [request.method for request in emulator.requests]


def delete_all(lifecycle: Lifecycle, rows: list[dict[str, Any]], threads: int) -> None:
    """Delete with so many calls at once; raises the first error."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda row: lifecycle.delete(row["id"], {}), rows))


@pytest.mark.parametrize("account", [60, 1000])
@pytest.mark.parametrize("threads", [1, 16])
def test_destroy_costs_one_request_a_runner_and_one_to_verify_the_first(
    emulator: Emulator, lifecycle: Lifecycle, account: int, threads: int
) -> None:
    """r runners take at most r + 2 requests, however large the account is."""
    emulator.settings.change({"latency": 0.005, "rate_limit": False})
    rows = emulator.runners.seed_many(*[MACHINE] * account)[:60]
    delete_all(lifecycle, rows, threads)
    assert len(emulator.runners.all()) == account - 60
    assert len(emulator.requests) <= 60 + 2
    assert sent(emulator).count("DELETE") == 60


@pytest.mark.parametrize("answer", ["200", "204", "soft"])
def test_an_answer_that_was_verified_is_believed(
    emulator: Emulator, lifecycle: Lifecycle, answer: str
) -> None:
    """The second deletion with the same status sends a DELETE and nothing else."""
    rows = emulator.runners.seed_many(*[MACHINE] * 2)
    emulator.settings.change({"delete": answer})
    lifecycle.delete(rows[0]["id"], {})
    emulator.clear_requests()
    lifecycle.delete(rows[1]["id"], {})
    assert sent(emulator) == ["DELETE"]


def test_another_status_is_verified_again(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A 204 after a proven 200 proves nothing yet, and 404 never does."""
    rows = emulator.runners.seed_many(*[MACHINE] * 4)
    lifecycle.delete(rows[0]["id"], {})
    emulator.clear_requests()
    emulator.settings.change({"delete": "204"})
    for row in rows[1:3]:
        lifecycle.delete(row["id"], {})
    emulator.runners.delete(rows[3]["id"])
    lifecycle.delete(rows[3]["id"], {"user_id": emulator.account})
    assert sent(emulator) == ["DELETE", "GET", "DELETE", "DELETE", "GET", "GET"]
    assert [request.path for request in emulator.requests][-1] == "/v1/user"


def test_another_kind_of_object_is_verified_again(emulator: Emulator, tmp_path: Path) -> None:
    """A proof for runners is none for templates."""
    runner = emulator.runners.seed(**MACHINE)
    template = emulator.templates.seed(name="T", description="d", body="{}")
    make_lifecycle(emulator, tmp_path).delete(runner["id"], {})
    make_lifecycle(emulator, tmp_path, TEMPLATE).delete(template["id"], {})
    assert sent(emulator) == ["DELETE", "GET"] * 2


@pytest.mark.parametrize("first", ["kept", "405", "no-route"])
def test_a_deletion_that_did_not_happen_is_an_error(
    emulator: Emulator, lifecycle: Lifecycle, first: str
) -> None:
    """Whether it was claimed or refused, the runner is still there, and the advice says so."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.settings.change({"delete": first})
    with pytest.raises(ResourceError, match=r"still exists.*status='disabled'.*dashboard"):
        lifecycle.delete(row["id"], {})


@pytest.mark.parametrize("status", ["405", "no-route"])
def test_what_is_gone_is_gone_although_delete_is_refused(
    emulator: Emulator, lifecycle: Lifecycle, status: str
) -> None:
    """After removal in the dashboard, a missing DELETE is no obstacle."""
    [row] = emulator.runners.seed_many(MACHINE)
    emulator.runners.delete(row["id"])
    emulator.settings.change({"delete": status})
    lifecycle.delete(row["id"], {"user_id": emulator.account})


def test_each_deletion_with_a_delay_is_verified(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """An API that answers 202 and removes after 6 s is waited for, each time."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    emulator.settings.change({"delete": "202-later"})
    for row in rows:
        lifecycle.delete(row["id"], {})
        assert row["id"] not in {one["id"] for one in emulator.runners.all()}
    assert sent(emulator).count("DELETE") == 3


def test_an_api_that_was_slow_once_is_never_believed(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """After one 200 with a late effect, each 200 is verified, even after a fast one."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    emulator.settings.change({"delete": "kept"})
    emulator.fault("call", "GET", function=lambda: emulator.settings.change({"delete": "200"}))
    emulator.fault("call", "GET", function=lambda: emulator.runners.delete(rows[0]["id"]))
    lifecycle.delete(rows[0]["id"], {})
    emulator.clear_requests()
    for row in rows[1:]:
        lifecycle.delete(row["id"], {})
    assert sent(emulator) == ["DELETE", "GET"] * 2


def test_202_is_verified_after_a_proven_200(emulator: Emulator, lifecycle: Lifecycle) -> None:
    """A 202 says that the deletion has yet to happen, so it is verified every time."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    lifecycle.delete(rows[0]["id"], {})
    emulator.settings.change({"delete": "202-later", "delete_delay": 0.0})
    emulator.clear_requests()
    for row in rows[1:]:
        lifecycle.delete(row["id"], {})
    assert sent(emulator) == ["DELETE", "GET"] * 2


def test_a_page_in_place_of_the_api_is_never_believed(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """A captive portal answers 200 to everything."""
    rows = emulator.runners.seed_many(*[MACHINE] * 2)
    lifecycle.delete(rows[0]["id"], {})
    emulator.fault("html", "DELETE", status=200)
    with pytest.raises(ResourceError, match="still exists"):
        lifecycle.delete(rows[1]["id"], {})


def test_deletions_that_are_answered_before_the_proof_wait_for_it(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Three that act together are verified by one GET."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    together = threading.Barrier(3)
    emulator.fault("call", "DELETE", times=3, function=lambda: together.wait(20))
    delete_all(lifecycle, rows, 3)
    assert sorted(sent(emulator)) == ["DELETE"] * 3 + ["GET"]


def test_a_verification_that_failed_is_left_to_the_next(
    emulator: Emulator, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted or refused, it proves nothing, and only its own deletion fails."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    together = threading.Barrier(3)
    emulator.fault("call", "DELETE", times=3, function=lambda: together.wait(20))
    look, calls = Client.look, count(1)

    def interrupted_once(*args: Any) -> tuple[Record, bool]:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return look(*args)

    monkeypatch.setattr(Client, "look", interrupted_once)
    with ThreadPoolExecutor(3) as threads:
        deletions = [threads.submit(lifecycle.delete, row["id"], {}) for row in rows]
    errors = [one.exception() for one in deletions]
    assert sorted(type(error).__name__ for error in errors) == [
        "KeyboardInterrupt",
        "NoneType",
        "NoneType",
    ]


def test_an_interruption_ends_the_wait_for_the_proof() -> None:
    """A deletion that waits for another one's verification sends nothing more."""
    clock, verifying, done = CancellableClock(), threading.Event(), threading.Event()
    verdicts = Verdicts(clock)
    answer = Accepted(200, Form.JSON)

    def verify() -> bool:
        verifying.set()
        return done.wait(20)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(verdicts.settle, answer, verify)
        verifying.wait(20)
        second = threads.submit(verdicts.settle, answer, lambda: pytest.fail("sent a request"))
        clock.cancel()
        with pytest.raises(ComfyControlError, match="interrupted"):
            second.result(timeout=10)
        assert not first.done()
        done.set()


def test_each_deletion_that_can_not_be_verified_has_an_error_of_its_own(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Of deletions that wait for one verification, each fails with its own resource's name."""
    rows = emulator.runners.seed_many(*[MACHINE] * 4)
    emulator.fault("status", "GET", times=None, status=403)

    def delete(number: int) -> str:
        with pytest.raises(ComfyControlError) as caught:
            lifecycle.delete(rows[number]["id"], {})
        return str(caught.value.while_doing(f"deleting runner '{number}'"))

    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(delete, range(4)))
    assert all(f"Deleting runner '{number}' failed" in text for number, text in enumerate(texts))


def test_a_deletion_that_is_held_up_holds_up_no_other(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """Only the first verification is waited for, never a DELETE without an answer."""
    rows = emulator.runners.seed_many(*[MACHINE] * 3)
    stuck = f"/v1/runner/{rows[0]['id']}"
    done = threading.Event()
    emulator.fault("status", "DELETE", stuck, times=2, status=500)
    emulator.fault("call", "DELETE", stuck, function=lambda: done.wait(20))
    with ThreadPoolExecutor(3) as threads:
        held = threads.submit(lifecycle.delete, rows[0]["id"], {})
        others = [threads.submit(lifecycle.delete, row["id"], {}) for row in rows[1:]]
        for other in others:
            other.result(timeout=15)
        assert not held.done()
        done.set()
        held.result(timeout=15)
    assert emulator.runners.all() == []


def test_two_resources_of_one_object_are_deleted_at_once(
    emulator: Emulator, lifecycle: Lifecycle
) -> None:
    """The second deletion finds it gone, and succeeds."""
    [row] = emulator.runners.seed_many(MACHINE)
    delete_all(lifecycle, [row, row], 2)
    assert emulator.runners.all() == []
