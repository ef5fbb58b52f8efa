"""Experiments on one runner."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from ..core.types.runner import RUNNER
from . import trial as trials
from .api import Answer, Unclear
from .finding import Finding, fatal, survived
from .trial import Refused, Trial, created, message_of

#: URLs of a domain that never has hosts, and of one for documentation (both RFC 2606).
_NOWHERE = "https://comfycontrol-doctor.invalid"
_SOMEWHERE = "https://example.com"
_HEADERS = {"X-Doctor-One": "one", "X-Doctor-Two": "two"}
#: Sent as a header's value; it is no secret.
_VALUE = "comfycontrol-doctor"


def create(trial: Trial, name: str) -> Iterator[Finding]:
    """Create the runner, with a field that the create request does not document."""
    fields: dict[str, Any] = {
        "name": name,
        "endpoint": _NOWHERE,
        "headers": _HEADERS,
        "tags": ["doctor"],
        "status": "disabled",
    }
    answer, refused = _created(trial, fields)
    if "endpoint" in refused:
        yield fatal(13, "an endpoint that can't be reached is refused")
    else:
        yield Finding(13, "an endpoint that can't be reached is accepted")
    yield from created(trial, answer)
    if "status" in refused:
        yield survived(12, "`status` in a create is refused")
    elif trial.seen().get("status") == "disabled":
        yield survived(12, "`status` in a create counts", status_on_create=True)
    else:
        yield Finding(12, "`status` in a create is ignored")


def _created(trial: Trial, fields: dict[str, Any]) -> tuple[Answer, set[str]]:
    plain = {key: value for key, value in fields.items() if key != "status"}
    try:
        return trial.create(fields), set()
    except Unclear:
        pass
    try:
        return trial.create(plain), {"status"}
    except Unclear:
        return trial.create(plain | {"endpoint": _SOMEWHERE}), {"status", "endpoint"}


def second(one: Trial, two: Trial) -> Iterator[Finding]:
    """Create a second runner of the same name and endpoint, and a later time."""
    one.clock.sleep(trials.LOOK)
    first = one.seen()
    same = {"name": first["name"], "endpoint": first["endpoint"]}
    other = {"name": f"{first['name']}-b", "endpoint": f"{_SOMEWHERE}/second"}
    refused = ""
    for changed, what in (((), ""), (("name",), "name"), (("name", "endpoint"), "endpoint")):
        try:
            two.create(same | {key: other[key] for key in changed})
        except Refused as error:
            refused = str(error)
            if error.status == 403:  # noqa: PLR2004
                yield Finding(29, f"one more runner than before: {error}")
                raise
            continue
        if not what:
            yield Finding(14, "a second runner of the same name and endpoint is accepted")
        else:
            settings = {"unique_names": True} if what == "name" else {}
            yield survived(14, f"a second runner of the same {what} is refused", **settings)
        return
    raise Unclear(refused)


def messages(trial: Trial, name: str) -> Iterator[Finding]:
    """Send names that are too short and too long, and report the messages."""
    for what, sent in (("an empty name", ""), ("a name of 101 characters", "x" * 101)):
        answer = trial.put({"name": sent})
        if answer.ok:
            yield survived(3, f"{what} is accepted")
            trial.changed({"name": f"{name}-3"})
        else:
            yield Finding(3, f"{what} gets {answer.status}, {message_of(answer)}")


def headers(trial: Trial, _name: str) -> Iterator[Finding]:
    """Remove one of two headers, then all headers and tags."""
    trial.changed({"headers": _HEADERS, "tags": ["doctor"]})
    seen = trial.changed({"headers": {"X-Doctor-One": "one"}}).get("headers") or {}
    if len(seen) == 1:
        yield Finding(16, "sent headers replace all others")
    else:
        yield fatal(16, "sent headers are added to the others", merge_headers=True)
    empty = trial.changed({"headers": {}, "tags": []})
    if not empty.get("headers") and "doctor" not in (empty.get("tags") or ()):
        yield Finding(16, "empty headers and tags remove all")
        if not {"headers", "tags"} & empty.keys():
            yield survived(14, "empty headers and tags are left out", omit_optional=True)
    elif len(seen) == 1:
        yield fatal(16, "empty headers and tags are ignored", put_ignores_empty=True)


def tags(trial: Trial, _name: str) -> Iterator[Finding]:
    """Send an empty tag; then tags unsorted, in upper case, and with a duplicate."""
    status = trial.put({"tags": [""]}).status
    what = f"an empty tag gets {status}"
    yield Finding(11, what) if status == 400 else survived(11, what)  # noqa: PLR2004
    sent = ["doctor-b", "Doctor-a", "doctor-b"]
    try:
        seen = trial.changed({"tags": sent}).get("tags")
    except Unclear:
        yield survived(11, "repeated tags are refused")
        sent = sent[:2]
        seen = trial.changed({"tags": sent}).get("tags")
    known: dict[str, list[str]] = {
        "sorted": sorted(set(sent)),
        "deduplicated": sent[:2],
        "lower": [tag.lower() for tag in sent],
    }
    if seen == sent:
        yield Finding(11, "tags come back as sent")
        return
    name = next((name for name, tags in known.items() if tags == seen), None)
    if name is None and isinstance(seen, list) and set(sent) < set(map(str, seen)):
        name = "added"
    yield survived(11, f"tags come back {name or 'otherwise'}", **({"tags": name} if name else {}))


def endpoints(trial: Trial, _name: str) -> Iterator[Finding]:
    """Send URLs that have an equivalent spelling."""
    known = {
        "/x/": {f"{_SOMEWHERE}/x": {"endpoint_path": "no-slash"}},
        "/x": {f"{_SOMEWHERE}/x/": {"endpoint_path": "slash"}},
        "/a/../b": {f"{_SOMEWHERE}/b": {"endpoint_path": "resolved"}},
        ":443/x": {},
    }
    changed: list[str] = []
    settings: dict[str, Any] = {}
    for path, forms in known.items():
        sent = f"{_SOMEWHERE}{path}"
        seen = trial.changed({"endpoint": sent}).get("endpoint")
        if seen != sent:
            changed.append(f"{sent} as {seen}")
            settings |= forms.get(str(seen), {})
    sent = "https://EXAMPLE.com"
    seen = trial.changed({"endpoint": sent}).get("endpoint")
    if seen != sent:
        changed.append(f"{sent} as {seen}")
        settings |= {"normalize_endpoint": True} if "EXAMPLE" not in str(seen) else {}
    if changed:
        yield survived(14, f"endpoints come back changed: {', '.join(changed)}", **settings)
    else:
        yield Finding(14, "endpoints come back as sent")


def names(trial: Trial, name: str) -> Iterator[Finding]:
    """Send a name with spaces around it, and one in a decomposed form."""
    for sent, form, what in (
        (f" {name} ", "trimmed", "spaces around a name"),
        (unicodedata.normalize("NFD", f"{name} é"), "nfc", "decomposed characters"),
    ):
        try:
            seen = trial.changed({"name": sent}).get("name")
        except Unclear:
            yield survived(14, f"{what} are refused")
            continue
        if seen == sent:
            yield Finding(14, f"{what} are kept")
        else:
            yield survived(14, f"{what} are changed", text=form)


def words(trial: Trial, _name: str) -> Iterator[Finding]:
    """Send a header's value and a status, and check whether they come back."""
    seen = trial.changed({"headers": {"X-Doctor": _VALUE}, "status": "active"})
    shown = (seen.get("headers") or {}).get("X-Doctor", (seen.get("headers") or {}).get("x-doctor"))
    if shown == _VALUE:
        yield Finding(36, "values of headers come back")
    else:
        yield survived(36, "values of headers are masked", mask_headers=True)
    status = seen.get("status")
    if status == "active":
        yield Finding(36, "`active` comes back")
    else:
        yield survived(36, f"`active` comes back as {status!r}", unknown_status=True)


def oddities(trial: Trial, name: str) -> Iterator[Finding]:
    """Send null, and a field that is not documented."""
    for number, fields, what in (
        (14, {"name": name, "tags": None}, "null for tags"),
        (10, {"name": name, "doctor_unknown": 1}, "an unknown field"),
    ):
        answer = trial.put(fields)
        expected = 400 if number == 14 else 200  # noqa: PLR2004
        seen = f"{what} gets {answer.status}"
        yield Finding(number, seen) if answer.status == expected else survived(number, seen)


def extra_fields(trial: Trial, _name: str) -> Iterator[Finding]:
    """Report the fields that are not documented."""
    known = {*RUNNER.fields, "id", "user_id", "created_at", "updated_at"}
    more = sorted(trial.seen().keys() - known)
    if more:
        yield survived(10, f"a runner has more fields: {', '.join(more)}", extra_fields=True)
    else:
        yield Finding(10, "a runner has no undocumented field")
