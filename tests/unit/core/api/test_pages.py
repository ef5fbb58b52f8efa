"""Lists as they are documented, and as they may be (A8, A15, A32)."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import pytest

from pulumi_comfycontrol.core.api.catalog import Catalog
from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.api.client import Client
from pulumi_comfycontrol.core.api.http import Http
from pulumi_comfycontrol.core.api.pages import Page, Pages, parse_page
from pulumi_comfycontrol.core.api.request import Reply, Sending
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import BadAnswer, ResourceError
from pulumi_comfycontrol.core.lifecycle.list_cache import ListCache
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.runner import RUNNER
from pulumi_comfycontrol.emulator import Emulator
from tests.fakes import FakeClock, make_client

MACHINE = {"name": "GPU", "endpoint": "http://x"}
VARIANTS: list[dict[str, Any]] = [
    {"list_form": form, "list_empty": empty, "list_total": total, "list_page_cap": cap}
    for form, empty, total, cap in itertools.product(
        ("named", "data", "bare"), ("array", "null"), ("all", "missing", "text", "page"), (100, 50)
    )
]


def pages(emulator: Emulator) -> Pages:
    """Return an unread list of an emulator's runners."""
    return make_client(emulator, FakeClock()).pages(RUNNER)


def seed(emulator: Emulator, count: int) -> list[str]:
    """Make runners, and return their ids, newest first."""
    emulator.settings.change({"rate_limit": False})
    rows = emulator.runners.seed_many(*[MACHINE] * count)
    return [row["id"] for row in reversed(rows)]


@pytest.mark.parametrize("count", [0, 1, 50, 120])
def test_every_form_of_a_list_is_read_to_its_end(emulator: Emulator, count: int) -> None:
    """No form of items, totals and page sizes keeps a list from being read whole."""
    ids = seed(emulator, count)
    for variant in VARIANTS:
        emulator.settings.change(variant)
        one = pages(emulator)
        assert one.read_all(), variant
        assert list(one.items) == ids, variant
        assert one.newest_first


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3)]
)
def test_a_documented_list_costs_one_request_a_page(
    emulator: Emulator, count: int, requests: int
) -> None:
    """A single page of a round number of objects may be cut, which costs one more request."""
    seed(emulator, count)
    pages(emulator).read_all()
    assert len(emulator.requests) == requests


def test_the_order_is_seen(emulator: Emulator) -> None:
    """Only where the newest come first may a search end before the list does."""
    ids = seed(emulator, 3)
    for number, id_ in enumerate(reversed(ids)):
        emulator.runners.edit(id_, created_at=f"2026-01-0{number + 1}T00:00:00Z")
    for order, is_newest in (("newest", True), ("oldest", False)):
        emulator.settings.change({"list_order": order})
        one = pages(emulator)
        one.read_all()
        assert one.newest_first is is_newest
    assert [item["id"] for item in Catalog(make_client(emulator)).items(RUNNER)] == ids


class Shifting:
    """A list whose total grows while it is read."""

    def __init__(self, *pages: Page) -> None:
        self.pages = list(pages)

    def listing(self, path: str, plural: str, number: int) -> Page:
        return self.pages[number - 1]

    def pages_of(self) -> Pages:
        return Pages(self, "/v1/runner", "runners")  # type: ignore[arg-type]


def test_a_list_that_changes_meanwhile_is_not_believed_to_be_whole() -> None:
    """Pages shift, and an item may be missing."""
    first = [{"id": str(number)} for number in range(100)]
    one = Shifting(Page(first, 101), Page([{"id": "x"}], 102), Page([], 102)).pages_of()
    assert not one.read_all()


def test_a_server_that_ignores_the_number_of_the_page_is_not_believed() -> None:
    """Without a total, only an empty page proves that there is no more."""
    page = Page([{"id": str(number)} for number in range(50)], None)
    assert not Shifting(page, page).pages_of().read_all()


def test_pages_that_skip_items_are_not_believed_to_be_the_whole_list() -> None:
    """A server that caps pages, but counts from where an uncapped one would have ended."""
    half = [{"id": str(number)} for number in range(50)]
    rest = [{"id": str(number)} for number in range(100, 120)]
    assert not Shifting(Page(half, 120), Page(rest, 120), Page([], 120)).pages_of().read_all()


@pytest.mark.parametrize(
    "data",
    [
        {},
        "x",
        {"runners": {}},
        {"runners": [1]},
        [{"name": "x"}],
        [{"id": ""}],
        [{"id": True}],
    ],
)
def test_anything_else_is_unusable(data: Any) -> None:
    """An item without an id can't be identified."""
    with pytest.raises(ValueError, match=r"an item without an id|no array runners"):
        parse_page(data, "runners")


@pytest.mark.parametrize(
    ("total", "count"), [(3, 3), ("3", 3), (None, None), (-1, None), (True, None), ("x", None)]
)
def test_a_total_is_a_count_or_nothing(total: Any, count: int | None) -> None:
    """An unusable total counts as missing."""
    assert parse_page({"data": [], "total": total}, "runners").total == count


class StrangeLists:
    """The innermost link to an emulator whose lists are no lists."""

    def __init__(self, emulator: Emulator) -> None:
        self.settings = Settings(Secret(emulator.token), url=emulator.url)
        self._http = Http(self.settings)

    def send(self, sending: Sending) -> Reply:
        reply = self._http.send(sending)
        is_list = sending.request.path == "/v1/runner"
        return Reply(200, {}, b'{"runners": "none"}') if is_list else reply

    def client(self) -> Client:
        return client_for(self.settings, quota=file_quota(None), clock=FakeClock(), http=self)


def test_reads_do_without_a_list_that_cannot_be_used(emulator: Emulator) -> None:
    """After one attempt to use the list, every object is read by a GET."""
    ids = seed(emulator, 5)
    client = StrangeLists(emulator).client()
    reader = ListCache(client, RUNNER, FakeClock())
    for id_ in ids:
        assert reader.read(id_, {}, partial(client.get, RUNNER, id_)).id == id_
    assert [one.path for one in emulator.requests].count("/v1/runner") == 1


def test_a_lookup_needs_the_list(emulator: Emulator) -> None:
    """There is nothing else that could name all objects."""
    with pytest.raises(BadAnswer, match=r"GET /v1/runner answered with an unusable list"):
        Catalog(StrangeLists(emulator).client()).items(RUNNER)


def test_a_lookup_refuses_a_list_that_does_not_fit_together(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Part of a list would look like all of it."""
    page = Page([{"id": "1"}], 2)
    client = make_client(emulator)
    monkeypatch.setattr(client, "listing", lambda *_: page)
    with pytest.raises(ResourceError, match="its pages do not fit together"):
        Catalog(client).items(RUNNER)
