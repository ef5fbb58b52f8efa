"""Deletes objects and makes sure that they are gone.

DELETE is not documented (A28), so neither its success nor its 404 is believed: a list that
lacks the object, or a GET that answers 404, has to confirm it. Deletions that end at about the
same time are confirmed by one list together. Where the quota makes the next ones wait, a busy
process confirms before, with the slot that the quota kept free: so the engine has done its own
work when the wait is over. Others wait, to need fewer confirmations; and so does everybody where
the list has several pages, which shift when something is deleted meanwhile.
"""

from __future__ import annotations

import math
import threading

from ..api.client import PER_PAGE, Client
from ..clock import Clock
from ..errors import ApiError, ComfyControlError, NotFound, ResourceError
from ..quota.window import Part
from ..types.kind import Kind

#: How often a DELETE may be sent before nobody knows for how long it will be held up.
_SOON = 2
#: Deletions that leave within this many seconds are worth waiting for.
_MOMENT = 1.0
#: More seconds than any known wait.
_LONG = 1e6
#: Seconds before each further look at an object that is still there.
_LOOKS = (1.0, 2.0)
_NOT_SUPPORTED = frozenset({405, 501})


class Deleter:
    """Deletes objects of one kind; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock
        self._changed = threading.Condition()
        #: When the DELETEs that have no answer yet leave; never, as far as is known, if held up.
        self._under_way: dict[str, float] = {}
        self._waiting: set[str] = set()
        self._leading = False
        self._outcomes: dict[str, Exception | bool] = {}
        self._total: int | None = None

    def delete(self, id_: str) -> bool:
        """Delete; returns False when it was gone already. Raises when it is still there."""
        self._expect(id_, self._clock.monotonic())
        try:
            existed = self._send(id_)
        except BaseException:
            self._expect(id_, None)
            raise
        if not self._confirm(id_):
            self._insist(id_)
        return existed

    def _expect(self, id_: str, at: float | None) -> None:
        """Take note of when a DELETE leaves, or that none is under way any more."""
        with self._changed:
            if at is None:
                self._under_way.pop(id_, None)
            else:
                self._under_way[id_] = at
            self._changed.notify_all()

    def _expects(self, seconds: float) -> bool:
        """Whether a DELETE leaves within ``seconds``, or has left and will soon be answered."""
        until = self._clock.monotonic() + seconds
        return any(at <= until for at in self._under_way.values())

    def _send(self, id_: str) -> bool:
        sent = 0
        one_page = (self._total or 0) <= PER_PAGE

        def on_send() -> None:
            nonlocal sent
            sent += 1
            self._expect(id_, self._clock.monotonic() if sent <= _SOON else math.inf)

        def on_wait(seconds: float, busy: bool) -> None:
            if busy and one_page:
                self._expect(id_, self._clock.monotonic() + seconds)

        part = Part.FIRST if one_page else Part.WHOLE
        try:
            self._client.delete(self._kind, id_, part, on_send, on_wait)
        except NotFound:
            return False
        except ApiError as error:
            if error.status in _NOT_SUPPORTED:
                raise self._undeletable(error.fault) from None
            if error.status != 404:  # noqa: PLR2004 - a missing route; the confirmation tells
                raise
            return False
        return True

    def _confirm(self, id_: str) -> bool:
        """Whether the object is gone; one thread asks for all that wait."""
        with self._changed:
            self._under_way.pop(id_, None)
            self._waiting.add(id_)
            self._changed.notify_all()
            # Deletions that are under way will want the same answer in a moment.
            self._changed.wait_for(
                lambda: id_ in self._outcomes or not (self._leading or self._expects(_MOMENT))
            )
            outcome = self._outcomes.pop(id_, None)
            if outcome is None:
                self._leading = True
                # It is not among those that wait where the one that asked for it was interrupted.
                group, self._waiting = self._waiting | {id_}, set()
        if outcome is None:
            outcome = self._lead(id_, group)
        if isinstance(outcome, ComfyControlError):
            # Each deletion has an error of its own, because each names its own resource in it.
            raise ComfyControlError(outcome.fault, outcome.advice)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _lead(self, id_: str, group: set[str]) -> Exception | bool:
        """Ask for ``group``; returns the outcome of ``id_``, and hands out the others'."""
        outcomes: dict[str, Exception | bool] = {}
        try:
            left = group - self._absent(group)
            outcomes = dict.fromkeys(group - left, True)
            for one in left:
                outcomes[one] = self._look(one)
        except Exception as error:  # noqa: BLE001 - raised in every thread that waits
            outcomes |= dict.fromkeys(group - outcomes.keys(), error)
        finally:
            with self._changed:
                own = outcomes.pop(id_, False)
                self._outcomes |= outcomes
                self._leading = False
                self._changed.notify_all()
        return own

    def _absent(self, group: set[str]) -> set[str]:
        """Return those of ``group`` that one consistent reading of the list proves to be gone."""
        if len(group) == 1 or (self._total or 0) > (len(group) - 1) * PER_PAGE:
            return set()  # as many GETs cost no more
        page = self._client.page(self._kind, 1, Part.LAST)
        self._total = page.total
        if page.total > PER_PAGE and self._wait_for_others():
            page = self._client.page(self._kind, 1, Part.LAST)
        seen = {str(item.get("id")) for item in page.items}
        self._total = page.total
        if page.total > (len(group) - 1) * PER_PAGE:
            return set()
        for number in range(2, -(-page.total // PER_PAGE) + 1):
            later = self._client.page(self._kind, number, Part.LAST)
            seen |= {str(item.get("id")) for item in later.items}
            if later.total != page.total:
                return set()  # the pages have shifted
        return group - seen if len(seen) == page.total else set()

    def _wait_for_others(self) -> bool:
        """Return whether any deletion was under way, when none is any more."""
        with self._changed:
            any_under_way = self._expects(_LONG)
            self._changed.wait_for(lambda: not self._expects(_LONG))
            return any_under_way

    def _look(self, id_: str) -> Exception | bool:
        """Return whether it is gone, or why this can't be known of it alone."""
        try:
            return self._is_gone(id_)
        except ApiError as error:
            if error.status >= 500:  # noqa: PLR2004 - the others would fail as well
                raise
            return error

    def _is_gone(self, id_: str) -> bool:
        try:
            self._client.get(self._kind, id_, Part.LAST)
        except NotFound:
            return True
        return False

    def _insist(self, id_: str) -> None:
        """Look again at an object that is still there; raise when it stays."""
        for wait in _LOOKS:
            self._clock.sleep(wait)
            if self._is_gone(id_):
                return
        raise self._undeletable(f"DELETE was answered, but {self._kind.label} {id_} still exists")

    def _undeletable(self, fault: str) -> ResourceError:
        disable = "set status='disabled', or " if "status" in self._kind.fields else ""
        return ResourceError(
            fault,
            f"either {disable}remove the {self._kind.label} in the dashboard and then run"
            " `pulumi state delete` on the resource",
        )
