"""Deletion that costs one request where the API is known to delete at once.

DELETE is not documented (A28), so the first answer of each kind (status and form of the body) is
verified by a GET. If the object is gone at once, later answers of the same kind are trusted.
Deletions that are answered before this verdict wait for it. Never trusted, but verified each time,
are answers without success (404 may be a missing route), 202 (the deletion has yet to happen),
bodies that are not the API's, and the answers of an API that has deleted with a delay before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..api.body import Form
from ..api.client import Client
from ..api.responses import Accepted
from ..clock import Clock
from ..errors import ApiError, ResourceError
from ..progress import listener, pause
from ..types.kind import Kind
from .gone import Existence

#: Seconds before each further GET of an object that still exists: 15 s together.
_LOOKS = (1.0, 2.0, 3.0, 4.0, 5.0)
#: Seconds between two checks of whether a deletion that waits for a verdict was interrupted.
_CHECK = 0.1
#: No object, no route, no method: with each of them the object may be gone already.
_NOT_FOUND = frozenset({404, 410})
_NOTHING_DELETED = _NOT_FOUND | {405, 501}
_NOT_YET = 202


class Deleter:
    """Deletions of one kind of object in one account; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, existence: Existence, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._existence = existence
        self._clock = clock
        self._verdicts = Verdicts(clock)

    def delete(self, id_: str, known: Mapping[str, Any]) -> None:
        """Delete the object, or find it gone. Raises when it still exists.

        ``known`` are its properties as of the last time, as for :meth:`Existence.find`.
        """
        try:
            self._send(id_)
        except ApiError as error:
            if error.status not in _NOTHING_DELETED:
                raise
            # After a lost answer a 404 is expected, however young the object is.
            if self._existence.find(id_, known, patient=not error.is_repeated) is not None:
                self._send_again(id_, error)

    def _send_again(self, id_: str, error: ApiError) -> None:
        """Send DELETE again for an object that GET finds although DELETE did not (A34)."""
        if error.status in _NOT_FOUND:
            try:
                return self._send(id_)
            except ApiError as second:
                if second.status not in _NOT_FOUND:
                    raise
        raise self._undeletable(f"{error.fault}, and it still exists") from None

    def _send(self, id_: str) -> None:
        """Send DELETE for an object that exists; raises ApiError for any answer but a success."""
        answer = self._client.delete(self._kind, id_)
        if answer.status == _NOT_YET or answer.body in {Form.HTML, Form.OTHER}:
            self._verify(id_, answer)
        else:
            self._verdicts.settle(answer, lambda: self._verify(id_, answer))

    def _verify(self, id_: str, answer: Accepted) -> bool:
        """Return whether the object was gone at once; raises when it remains."""
        if self._existence.look(id_) is None:
            return True
        for wait in _LOOKS:
            pause(self._clock, wait, "waiting for the deletion to take effect")
            if self._existence.look(id_) is None:
                return False
        fault = (
            f"DELETE was answered {answer.status}, but {self._kind.label} {id_} still exists"
            f" {sum(_LOOKS):.0f} s later"
        )
        raise self._undeletable(fault)

    def _undeletable(self, fault: str) -> ResourceError:
        disable = "set status='disabled', or " if "status" in self._kind.fields else ""
        return ResourceError(
            fault,
            f"either {disable}remove the {self._kind.label} in the dashboard and then"
            f" {self._client.words.forget}",
        )


class Verdicts:
    """Verdicts on kinds of answers: does each mean "gone at once"? May be shared by threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._at_once: dict[Accepted, bool] = {}
        self._under_way: set[Accepted] = set()

    def settle(self, answer: Accepted, verify: Callable[[], bool]) -> None:
        """Trust ``answer``, or call ``verify``, which returns whether the object was gone at once.

        While the first answer of a kind is verified, equal ones wait. If ``verify`` raises, so does
        this method, and the next waiting deletion verifies.
        """
        with self._changed:
            self._wait_for(answer)
            at_once = self._at_once.get(answer)
            if at_once is None:
                self._under_way.add(answer)
        if at_once is None:
            self._verify_first(answer, verify)
        elif not at_once:
            verify()

    def _wait_for(self, answer: Accepted) -> None:
        """Wait until no equal answer is being verified; the caller has the lock."""
        if answer not in self._under_way:
            return
        listener().status("waiting until the first deletion is verified")
        try:
            while answer in self._under_way:
                self._clock.sleep(0)  # raises once the deployment is interrupted
                self._changed.wait(_CHECK)
        finally:
            listener().clear()

    def _verify_first(self, answer: Accepted, verify: Callable[[], bool]) -> None:
        verdict: bool | None = None
        try:
            verdict = verify()
        finally:
            with self._changed:
                self._under_way.discard(answer)
                if verdict is not None:
                    self._at_once[answer] = verdict
                self._changed.notify_all()
