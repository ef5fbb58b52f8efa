"""A runner: a user's own ComfyUI machine [docs: runners/create, get, update]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationError

from . import normalisation as equality
from .kind import Field, Kind
from .models import Runner
from .text_rules import credentials, has_credentials, text_faults, url_faults
from .unknown import Unknown
from .validation import Inputs, OrUnknown, has_control_characters, report, shown, type_of

NAME_LENGTH = 100
MOST_TAGS = 10
Status = Literal["active", "disabled"]
#: RFC 9110, 5.6.2: the characters of a header's name.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def _check_name(name: str) -> str:
    report(text_faults("name", name, NAME_LENGTH))
    return name


def _check_endpoint(endpoint: str) -> str:
    report(url_faults("endpoint", endpoint), leaks=has_credentials(endpoint))
    return endpoint


def _check_headers(headers: dict[Any, Any]) -> dict[Any, Any]:
    report(_header_faults(headers))
    return headers


def _check_tags(tags: list[Any]) -> list[Any]:
    report(_tag_faults(tags))
    return tags


def _check_status(status: str) -> str:
    if status not in {"active", "disabled"}:
        report([f"status must be 'active' or 'disabled', but it is {shown(status)}"])
    return status


def _header_faults(headers: Mapping[str, Any]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, value in sorted(headers.items()):  # a map on the wire has no order
        where = f"headers[{shown(name)}]"
        if not _TOKEN.fullmatch(name):
            yield f"{where}: a header's name must be letters, digits and !#$%&'*+-.^_`|~ only"
        if name.lower() in seen:
            yield f"{where} is the same header as {shown(seen[name.lower()])}: case has no meaning"
        seen[name.lower()] = name
        if isinstance(value, Unknown):
            continue
        if not isinstance(value, str):
            yield f"{where} must be a string, but it is {type_of(value)}"
        elif has_control_characters(value.replace("\t", "")):
            yield f"{where} must not have control characters such as a line break"


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


class RunnerInputs(Inputs):
    """What a program may say of a runner."""

    name: Annotated[str, AfterValidator(_check_name), OrUnknown]
    endpoint: Annotated[str, AfterValidator(_check_endpoint), OrUnknown]
    headers: Annotated[dict[str, Any], AfterValidator(_check_headers), OrUnknown] | None = None
    tags: Annotated[list[Any], AfterValidator(_check_tags), OrUnknown] | None = None
    status: Annotated[str, AfterValidator(_check_status), OrUnknown] | None = None


def _header_values(headers: Any) -> Iterator[str]:
    yield from (value for value in headers.values() if isinstance(value, str))


def _encode(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"json": dict(values)}


def _from_list(item: Mapping[str, Any], _known: Mapping[str, Any]) -> Runner | None:
    # A list has all fields of a runner, headers included [docs: runners/list].
    try:
        return Runner.model_validate(item)
    except ValidationError:
        return None


RUNNER = Kind(
    label="runner",
    plural="runners",
    path="/v1/runner",
    record=Runner,
    inputs=RunnerInputs,
    fields={
        "name": Field(equality.text),
        "endpoint": Field(equality.url, secret_parts=credentials),
        "headers": Field(equality.headers, {}, secret=True, secret_parts=_header_values),
        "tags": Field(equality.tags, default=[]),
        # New runners are active, and the create request takes no status (A12).
        "status": Field(equality.text, default="active", on_create=False),
    },
    encode=_encode,
    from_list=_from_list,
)
