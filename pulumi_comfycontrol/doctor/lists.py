"""Read-only experiments on the list of runners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.api.pages import PER_PAGE, parse_page
from ..core.types.runner import RUNNER
from ..core.types.timestamps import seconds
from .api import Answer, Api, Unclear
from .finding import Finding, fatal, survived

#: Number of a page beyond the end of every list.
_FAR = 100_000


def list_findings(api: Api, whole: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Return findings on the list; ``whole`` is one of its runners as shown by a GET."""
    first = api.call("GET", RUNNER.path, query={"page": 1, "per_page": PER_PAGE})
    if not first.ok:
        raise Unclear(f"the list answered {first.status}")
    yield from _form(first, api)
    yield from _refusals(api)
    try:
        page = parse_page(first.data, RUNNER.plural)
    except ValueError:
        return
    yield from _total(first, api)
    yield from _order([item.get("created_at") for item in page.items])
    if page.total is not None and len(page.items) < min(page.total, PER_PAGE):
        count = len(page.items)
        yield survived(7, f"a page has {count} at most", list_page_cap=count)
    if whole is not None:
        item = next((one for one in page.items if str(one["id"]) == str(whole.get("id"))), None)
        if item is not None:
            yield _omissions(item, whole)
            yield _filter(api, whole)


def _form(first: Answer, api: Api) -> Iterator[Finding]:
    data = first.data
    if isinstance(data, dict) and RUNNER.plural in data:
        yield Finding(32, f"the array is under `{RUNNER.plural}`")
    elif isinstance(data, dict) and "data" in data:
        yield survived(32, "the array is under `data`", list_form="data")
    elif isinstance(data, list):
        yield survived(32, "the array is bare", list_form="bare")
    else:
        names = ", ".join(sorted(data)) if isinstance(data, dict) else first.form
        yield fatal(32, f"no array is found ({names})")
        return
    far = api.call("GET", RUNNER.path, query={"page": _FAR, "per_page": PER_PAGE})
    if not far.ok:
        yield survived(7, f"a page past the end is answered with {far.status}")
        return
    value = far.object.get(RUNNER.plural, far.object.get("data", far.data))
    if value == []:
        yield Finding(7, "a page past the end is empty")
    elif value is None or (isinstance(far.data, dict) and value is far.data):
        yield survived(32, "no items are null", list_empty="null")
    else:
        yield survived(7, "a page past the end has items")


def _refusals(api: Api) -> Iterator[Finding]:
    """Send queries that are out of range."""
    for number, query in ((7, {"per_page": 0}), (7, {"per_page": 101}), (15, {"status": "none"})):
        [(name, value)] = query.items()
        status = api.call("GET", RUNNER.path, query=query).status
        seen = f"{name}={value} gets {status}"
        # A server that ignores the filter is reported as such.
        is_assumed = status == 400 or number == 15  # noqa: PLR2004
        yield Finding(number, seen) if is_assumed else survived(number, seen)


def _total(first: Answer, api: Api) -> Iterator[Finding]:
    if isinstance(first.data, list):
        return
    if first.object.get("total") is None:
        yield survived(15, "`total` is missing", list_total="missing")
    elif isinstance(first.object["total"], str):
        yield survived(15, "`total` is text", list_total="text")
    else:
        single = api.call("GET", RUNNER.path, query={"page": 1, "per_page": 1})
        total, whole = single.object.get("total"), first.object["total"]
        if whole > 1:
            if total == whole:
                yield Finding(15, "`total` counts all pages")
            else:
                yield survived(15, "`total` counts the items of its page", list_total="page")


def _order(times: list[Any]) -> Iterator[Finding]:
    known = [time for time in map(seconds, times) if time is not None]
    if len(set(known)) < 2:  # noqa: PLR2004 - nothing to compare
        return
    if known == sorted(known, reverse=True):
        yield Finding(8, "the newest come first")
    elif known == sorted(known):
        yield survived(8, "the oldest come first", list_order="oldest")
    else:
        yield survived(8, "in another order")


def _filter(api: Api, whole: Mapping[str, Any]) -> Finding:
    other = "active" if whole.get("status") == "disabled" else "disabled"
    query = {"page": 1, "per_page": PER_PAGE, "status": other}
    items = parse_page(api.call("GET", RUNNER.path, query=query).data, RUNNER.plural).items
    if any(str(one["id"]) == str(whole.get("id")) for one in items):
        return survived(15, "the filter `status` is ignored", status_filter=False)
    return Finding(15, "the filter `status` is known")


def _omissions(item: Mapping[str, Any], whole: Mapping[str, Any]) -> Finding:
    missing = sorted(whole.keys() - item.keys())
    if missing:
        return survived(32, f"items lack {', '.join(missing)}", list_omits=missing)
    return Finding(32, "items have all fields")
