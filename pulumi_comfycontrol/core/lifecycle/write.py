"""A PUT and the verification of its effect, whatever the API answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ..api.client import Client
from ..errors import NOT_THE_API, ApiError, BadAnswer, ResourceError
from ..types.kind import Kind
from ..types.record import Record
from .gone import Existence
from .verify import NotKept, Outcome, Verifier, sent


class Writer:
    """Verified changes of objects of one kind; may be shared by threads."""

    def __init__(
        self, client: Client, kind: Kind, existence: Existence, verifier: Verifier
    ) -> None:
        self._client = client
        self._kind = kind
        self._existence = existence
        self._verifier = verifier

    def put(self, id_: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> Outcome:
        """Change the object to ``values``; ``before`` are its known properties.

        Raises :class:`NotKept` where the API accepts the change and does not make it.
        """
        answer, unusable = self._try(id_, values, before)
        if unusable is not None:
            try:
                return self._verifier.settle(id_, values, None, before)
            except NotKept:  # the answer may be a proxy's
                answer, unusable = self._try(id_, values, before)
        try:
            return self._verifier.settle(id_, values, answer, before)
        except NotKept as error:
            if unusable is not None:
                error.fault = f"{unusable.fault}; {error.fault}"
            raise

    def _try(
        self, id_: str, values: Mapping[str, Any], before: Mapping[str, Any]
    ) -> tuple[Record | None, BadAnswer | None]:
        """Return the object in the answer, or the reason why the answer is unusable."""
        try:
            return self._send(id_, values, before), None
        except BadAnswer as error:
            return None, error

    def _send(self, id_: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> Record:
        try:
            return self._client.update(self._kind, id_, values)
        except ApiError as error:
            if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                return self._send_again(id_, values, before, error)
            is_partial = self._kind.fields.keys() - values.keys()
            if error.status != HTTPStatus.BAD_REQUEST or not is_partial:
                raise
            complete = self._complete(id_, values, before)
            try:
                return self._client.update(self._kind, id_, complete)
            except ApiError as second:  # the missing fields were not the cause
                raise error if second.status == error.status else second from None

    def _send_again(
        self, id_: str, values: Mapping[str, Any], before: Mapping[str, Any], error: ApiError
    ) -> Record:
        """Send PUT again for an object that GET finds although PUT did not (A34)."""
        if self._existence.find(id_, before) is None:
            fault = f"{self._kind.label} {id_} no longer exists ({error.fault})"
            raise ResourceError(fault, self._client.words.refresh) from None
        try:
            return self._client.update(self._kind, id_, values)
        except ApiError as second:
            if second.status == error.status:
                fault = f"{error.fault}, although the {self._kind.label} exists"
                raise ResourceError(fault, NOT_THE_API) from None
            raise

    def _complete(
        self, id_: str, values: Mapping[str, Any], before: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return all fields: those missing in ``values`` as they are now, in the form as sent."""
        live = self._client.get(self._kind, id_).as_dict()
        changed = self._kind.differing(live, before)
        ours = {name: value for name, value in sent(before).items() if name not in changed}
        return {**self._kind.values(live), **self._kind.values(ours), **values}
