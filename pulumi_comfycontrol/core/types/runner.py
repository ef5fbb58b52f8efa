"""A runner: a user's own ComfyUI machine [docs: runners/create, get, update]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from . import normalisation, resemblance
from .kind import Field, Kind
from .record import Record, Unusable
from .text_rules import credentials, text_faults, url_faults, url_secrets
from .unknown import Unknown
from .validation import has_control_characters, shown, type_of

NAME_LENGTH = 100
MOST_TAGS = 10
Status = Literal["active", "disabled"]
#: RFC 9110, 5.6.2: the characters of a header's name.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSummary(Record):
    """A runner without its headers, which are secret."""

    user_id: str = ""
    """The id of the account that owns the runner."""
    name: str
    """The runner's name."""
    status: str = "active"
    """active or disabled."""
    endpoint: str
    """The URL under which ComfyControl reaches the machine."""
    tags: tuple[str, ...] = ()
    """The runner's tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRecord(RunnerSummary):
    """A runner [docs: runners/get]."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The HTTP headers that ComfyControl sends to the machine."""


def _header_faults(headers: Mapping[Any, Any]) -> Iterator[str]:
    seen: dict[str, str] = {}
    # A map on the wire has no order.
    for name, value in sorted(headers.items(), key=lambda item: str(item[0])):
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            yield (
                f"headers[{shown(name)}]: a header's name must be letters, digits and"
                " !#$%&'*+-.^_`|~ only"
            )
            continue
        if name.lower() in seen:
            first = shown(seen[name.lower()])
            yield f"headers[{shown(name)}] is the same header as {first}: case has no meaning"
        seen[name.lower()] = name
        if isinstance(value, Unknown):
            continue
        if not isinstance(value, str):
            yield f"headers[{shown(name)}] must be a string, but it is {type_of(value)}"
        elif has_control_characters(value.replace("\t", "")):
            yield f"headers[{shown(name)}] must not have control characters such as a line break"


def _tag_faults(tags: list[Any]) -> Iterator[str]:
    if len(tags) > MOST_TAGS:
        yield f"tags must be at most {MOST_TAGS}, but there are {len(tags)}"
    seen: set[str] = set()
    for index, tag in enumerate(tags):
        where = f"tags[{index}]"
        if isinstance(tag, Unknown):
            continue
        if not isinstance(tag, str):
            yield f"{where} must be a string, but it is {shown(tag)}"
            continue
        if not tag.strip():
            yield f"{where} must not be empty"
        elif tag in seen:
            yield f"{where} is {shown(tag)} once more; a tag counts only once"
        if "," in tag:
            # A workflow's tags travel as one comma-separated string [docs: workflows/create].
            yield f"{where} must not have a comma, as no workflow could ask for {shown(tag)}"
        if has_control_characters(tag):
            yield f"{where} must not have control characters, but {shown(tag)} has some"
        seen.add(tag)


def _status_faults(status: str) -> Iterator[str]:
    if status not in {"active", "disabled"}:
        yield f"status must be 'active' or 'disabled', but it is {shown(status)}"


def _is_status(sent: str, shown: str) -> bool:
    """Whether a status can stand for the sent one: an undocumented word may mean active."""
    return sent == "active" and shown not in {"active", "disabled"}


def _header_values(headers: Any) -> Iterator[str]:
    if isinstance(headers, Mapping):
        yield from (value for value in headers.values() if isinstance(value, str))


def _encode(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"json": dict(values)}


def _from_list(item: Mapping[str, Any], _known: Mapping[str, Any]) -> RunnerRecord | None:
    """Return the record of an item, which has all fields, headers included [docs: runners/list].

    A field that an item lacks need not have its default.
    """
    try:
        return RunnerRecord.parse(item) if item.keys() >= RUNNER.fields.keys() else None
    except Unusable:
        return None


RUNNER = Kind(
    label="runner",
    plural="runners",
    path="/v1/runner",
    record=RunnerRecord,
    fields={
        "name": Field(
            normalisation.text,
            partial(text_faults, "name", longest=NAME_LENGTH),
            resemblance.text,
        ),
        "endpoint": Field(
            normalisation.url,
            partial(url_faults, "endpoint"),
            resemblance.url,
            secret_parts=url_secrets,
            unhashed=credentials,
        ),
        "headers": Field(
            normalisation.headers,
            _header_faults,
            resemblance.headers,
            type=dict,
            default={},
            secret=True,
            secret_parts=_header_values,
            unhashed=_header_values,
        ),
        "tags": Field(normalisation.tags, _tag_faults, resemblance.tags, type=list, default=[]),
        # New runners are active, and the create request takes no status (A12).
        "status": Field(
            normalisation.text, _status_faults, _is_status, default="active", on_create=False
        ),
    },
    identity=("name", "endpoint"),
    encode=_encode,
    from_list=_from_list,
)
