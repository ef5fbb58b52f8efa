"""Deletion that costs one request where the API is known to delete at once.

DELETE is not documented (A28), so the first answer of each kind (status and form of the body) is
verified by a GET. Where that finds the object gone at once, later answers of the same kind are
believed. Deletions that are answered before the verdict is there wait for it. Never believed, and
verified each time, are answers that are no success (404 may be a missing route), 202, which says
that the deletion has yet to happen, bodies that are not the API's, and the answers of an API that
has been seen to delete with a delay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..api.client import Client
from ..api.responses import Accepted
from ..clock import Clock
from ..errors import ApiError, NotFound, ResourceError
from ..progress import listener
from ..types.kind import Kind

#: Seconds before each further look at an object that is still there: 15 s together.
_LOOKS = (1.0, 2.0, 3.0, 4.0, 5.0)
#: No object, no route, no method: each may mean that there is nothing left to delete.
_NOTHING_DELETED = frozenset({404, 405, 501})
_NOT_YET = 202


class Deleter:
    """Deletions of one kind of object in one account; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock
        self._verdicts = Verdicts()

    def delete(self, id_: str) -> bool:
        """Delete; returns False when it was gone already. Raises when it is still there."""
        try:
            answer = self._client.delete(self._kind, id_)
        except ApiError as error:
            if error.status not in _NOTHING_DELETED:
                raise
            if not self._is_gone(id_):
                raise self._undeletable(f"{error.fault}, and it still exists") from None
            return False
        if answer.status == _NOT_YET or answer.body == "other":
            self._verify(id_, answer)
        else:
            self._verdicts.settle(answer, lambda: self._verify(id_, answer))
        return True

    def _verify(self, id_: str, answer: Accepted) -> bool:
        """Return whether the object was gone at once; raises when it stays."""
        if self._is_gone(id_):
            return True
        listener().status("waiting for the deletion to take effect")
        for wait in _LOOKS:
            self._clock.sleep(wait)
            if self._is_gone(id_):
                return False
        fault = (
            f"DELETE was answered {answer.status}, but {self._kind.label} {id_} still exists"
            f" {sum(_LOOKS):.0f} s later"
        )
        raise self._undeletable(fault)

    def _is_gone(self, id_: str) -> bool:
        try:
            self._client.get(self._kind, id_)
        except NotFound:
            return True
        return False

    def _undeletable(self, fault: str) -> ResourceError:
        disable = "set status='disabled', or " if "status" in self._kind.fields else ""
        return ResourceError(
            fault,
            f"either {disable}remove the {self._kind.label} in the dashboard and then"
            f" {self._client.words.forget}",
        )


class Verdicts:
    """Kinds of answers and whether each means "gone at once"; may be shared by threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at_once: dict[Accepted, bool] = {}
        self._under_way: set[Accepted] = set()

    def settle(self, answer: Accepted, verify: Callable[[], bool]) -> None:
        """Believe ``answer``, or call ``verify``, which returns whether it held at once.

        While the first answer of a kind is verified, equal ones wait. Raises what ``verify`` does;
        then the next one that waits verifies.
        """
        with self._changed:
            if answer in self._under_way:
                listener().status("waiting until the first deletion is verified")
            self._changed.wait_for(lambda: answer not in self._under_way)
            known = self._at_once.get(answer)
            if known is None:
                self._under_way.add(answer)
        if known:
            return
        verdict: bool | None = None
        try:
            verdict = verify()
        finally:
            if known is None:
                with self._changed:
                    self._under_way.discard(answer)
                    if verdict is not None:
                        self._at_once[answer] = verdict
                    self._changed.notify_all()
