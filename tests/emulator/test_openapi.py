"""The OpenAPI document is true: generated requests get the responses that it describes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.control.openapi import describe
from pulumi_comfycontrol.emulator.http.app import make_app

from .api import RUNNER, Api

#: Values of formats that JSON Schema can't describe: URLs of HTTP, and files with a JSON object.
URL = r"https?://[a-z]{1,9}\.example(:[1-9][0-9]{0,3})?(/[a-z]{0,9})?"
schemathesis.openapi.format("uri", st.from_regex(URL, fullmatch=True))
BODIES = st.dictionaries(st.text(max_size=3), st.integers(), max_size=3)
schemathesis.openapi.format("binary", BODIES.map(json.dumps))

CHECKS: list[Callable[..., Any]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
EXAMPLES = 8

with Emulator() as _emulator:
    DOCUMENT = describe(make_app(_emulator._state), "http://localhost")
OPERATIONS = [f"{method} {path}" for path, them in DOCUMENT["paths"].items() for method in them]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Emulator, Any]]:
    """An emulator for all examples, and its document as schemathesis reads it."""
    with Emulator(rate_limit=False, kill=lambda: None) as emulator:
        yield emulator, schemathesis.openapi.from_url(f"{emulator.url}/openapi.json")


def can_be_invalid(described: dict[str, Any]) -> bool:
    """Whether any request can break a rule that the document has of it."""
    parameters = described.get("parameters", [])
    return "requestBody" in described or any(one["schema"].keys() - {"type"} for one in parameters)


def is_ignored(case: Any, described: dict[str, Any]) -> bool:
    """Whether what is invalid does not reach the rules.

    Unknown parameters are ignored (A10), a form may be without parts, and all that a form can have
    of a number is its text.
    """
    known = {one["name"] for one in described.get("parameters", [])}
    if case.query.keys() - known:
        return True
    form = described.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if not form:
        return False
    schema = DOCUMENT["components"]["schemas"][form["schema"]["$ref"].split("/")[-1]]
    return not isinstance(case.body, dict) or any(
        not isinstance(case.body[name], str | bytes)
        for name in schema["properties"].keys() & case.body.keys()
    )


def is_uuid(text: Any) -> bool:
    """Whether a generated id is of the form that the document wants."""
    try:
        return str(uuid.UUID(text)) == text
    except (TypeError, ValueError, AttributeError):
        return False


def seeded_id(emulator: Emulator, path: str) -> str:
    """The id of an object of the kind that a path is about."""
    kind = path.split("/")[2].replace("-", "_")
    objects = getattr(emulator, kind if kind.endswith("s") else f"{kind}s")
    valid = {"runner": RUNNER, "template": {"name": "x", "description": "x"}}
    return str(objects.seed(**valid.get(kind.removesuffix("s"), {"name": "x"}))["id"])


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("named", OPERATIONS)
def test_generated_requests_get_described_responses(
    served: tuple[Emulator, Any], named: str, mode: GenerationMode
) -> None:
    """Valid ones are carried out, invalid ones refused, and every response has its schema."""
    method, _, path = named.partition(" ")
    described = DOCUMENT["paths"][path][method]
    if mode.is_negative and not can_be_invalid(described):
        return
    emulator, schema = served
    strategy = schema[path][method.upper()].as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, exists=st.booleans())
    def run(case: Any, exists: bool) -> None:
        emulator.reset()
        if exists and is_uuid(case.path_parameters.get("id")):
            case.path_parameters["id"] = seeded_id(emulator, path)
        headers = {"Authorization": f"Bearer {emulator.token}"} if path.startswith("/v1") else {}
        excluded = [negative_data_rejection] if is_ignored(case, described) else []
        case.call_and_validate(checks=CHECKS, excluded_checks=excluded, headers=headers)

    run()


@pytest.mark.parametrize("path", ["/v1/user", "/v1/runner", "/emulator/clock"])
def test_an_unknown_method_is_405_and_names_the_known_ones(api: Api, path: str) -> None:
    """As RFC 9110 demands of a 405."""
    answer = api.send("PATCH", path)
    assert answer.status_code == 405
    known = {one.strip() for one in answer.headers["Allow"].split(",")}
    assert known - {"HEAD"} == {method.upper() for method in DOCUMENT["paths"][path]}


def test_the_document_says_where_it_is_served(api: Api) -> None:
    """A generated client calls the emulator that it was generated from."""
    assert api.get("/openapi.json")["servers"] == [{"url": api.url}]


def test_every_request_with_a_body_has_an_example_that_works(api: Api) -> None:
    """A viewer can offer it to be sent."""
    schemas = DOCUMENT["components"]["schemas"]
    runner = api.send("POST", "/v1/runner", json=schemas["NewRunner"]["examples"][0])
    assert runner.status_code == 201
    template = dict(schemas["NewTemplate"]["examples"][0])
    assert api.form("POST", "/v1/template", **template).status_code == 201
    for path, name in (("faults", "NewFault"), ("tokens", "TokenChange"), ("reset", "Reset")):
        example = schemas[name]["examples"][0]
        assert api.send("POST", f"/emulator/{path}", json=example).status_code == 200
