"""Experiments on one template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .finding import Finding, survived
from .trial import Trial, created, message_of

#: A body with numbers that a double can't represent, and with unsorted keys.
_BODY = '{"z":{"b":8,"a":9007199254740993},"a":{"c":1.50}}'

#: Bytes; the limit is 50 MB [docs: api].
_OVERSIZED = 51 * 1024 * 1024


def create(trial: Trial, name: str) -> Iterator[Finding]:
    """Create the template, by a form with a file."""
    answer = trial.create({"name": name, "description": "made by a check", "body": _BODY})
    yield Finding(23, "the file part `workflow.json` is accepted")
    yield from created(trial, answer)


def round_trip(trial: Trial, _name: str) -> Iterator[Finding]:
    """Compare the numbers and keys of the body with those that were sent."""
    content = trial.get().content
    body = json.loads(content, parse_int=str, parse_float=str).get("body")
    if isinstance(body, str):
        body = json.loads(body, parse_int=str, parse_float=str)
    numbers = [body["z"]["b"], body["z"]["a"]]
    if numbers == ["8", "9007199254740993"]:
        yield Finding(36, "a template's numbers come back as sent")
    else:
        seen = f"a template's numbers come back as {' and '.join(numbers)}"
        yield survived(36, seen, template_numbers="doubles")
    if list(body) == ["z", "a"]:
        yield Finding(36, "a template's keys come back in their order")
    else:
        yield survived(36, "a template's keys come back sorted", sort_template_keys=True)


def refusals(trial: Trial, name: str) -> Iterator[Finding]:
    """Send JSON instead of a form, and a body that is no object."""
    requests: list[tuple[int, str, dict[str, Any]]] = [
        (22, "JSON instead of a form", {"json": {"name": name}}),
        (24, "a body that is an array", trial.kind.encode({"body": "[1]"})),
    ]
    for number, what, options in requests:
        answer = trial.api.call("PUT", str(trial.path), **options)
        seen = f"{what} gets {answer.status}"
        yield Finding(number, seen) if answer.status == 400 else survived(number, seen)  # noqa: PLR2004


def oversized(trial: Trial, _name: str) -> Iterator[Finding]:
    """Send more than the documented 50 MB; most of it is space, which JSON ignores."""
    body = b"{}" + b" " * _OVERSIZED
    file = ("workflow.json", body, "application/json")
    answer = trial.api.call("PUT", str(trial.path), files={"body": file})
    seen = f"51 MB get {answer.status}, {message_of(answer)}"
    yield Finding(9, seen) if answer.status == 400 else survived(9, seen)  # noqa: PLR2004
