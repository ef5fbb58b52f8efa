"""The reference: a dynamic provider as most published ones are written.

One request a call, each on a connection of its own; after a 429 it sleeps 10 s and tries again.
Without faults it is correct: it sees drift, repairs it, and believes what the API answers.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pulumi
import pulumi.dynamic
import requests
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult

_FIELDS = ("name", "endpoint", "headers", "tags")
_OUTPUTS = ("status", "user_id", "created_at", "updated_at")
_COOL_DOWN = 10.0


class NaiveProvider(ResourceProvider):
    """Provider of runners. The host imports it, so the state has its path and not its code."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """POST."""
        runner = _send("POST", "/v1/runner", _fields(props)).json()
        return CreateResult(runner["id"], runner)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the fields with the state."""
        return DiffResult(changes=_fields(olds) != _fields(news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """GET."""
        answer = _send("GET", f"/v1/runner/{id_}")
        if answer.status_code == requests.codes.not_found:
            return ReadResult("", {})
        runner = answer.json()
        return ReadResult(id_, runner, {key: runner[key] for key in _FIELDS if key in props})

    def update(self, id_: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """PUT."""
        return UpdateResult(_send("PUT", f"/v1/runner/{id_}", _fields(news)).json())

    def delete(self, id_: str, _props: dict[str, Any]) -> None:
        """DELETE."""
        _send("DELETE", f"/v1/runner/{id_}")


class NaiveRunner(pulumi.dynamic.Resource, module="naive", name="Runner"):
    """A runner; takes the arguments of :class:`pulumi_comfycontrol.Runner`."""

    def __init__(self, resource_name: str, **arguments: Any) -> None:
        super().__init__(
            NaiveProvider(), resource_name, dict.fromkeys((*_FIELDS, *_OUTPUTS)) | arguments
        )


def _fields(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: properties[key] for key in _FIELDS if properties.get(key) is not None}


def _send(method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
    token = os.environ["COMFYCONTROL_API_TOKEN"]
    while True:
        answer = requests.request(
            method,
            os.environ["COMFYCONTROL_API_URL"] + path,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        if answer.status_code != requests.codes.too_many_requests:
            break
        time.sleep(_COOL_DOWN)
    if answer.status_code != requests.codes.not_found:
        answer.raise_for_status()
    return answer
