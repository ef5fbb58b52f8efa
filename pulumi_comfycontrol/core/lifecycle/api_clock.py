"""The API's clock compared with this machine's, by timestamps in answers."""

from __future__ import annotations

from dataclasses import dataclass

#: Seconds by which an object may seem older than the request that created it, where the ``Date``
#: header tells the clock: it and timestamps have whole seconds, and a request travels.
_ROUNDING = 5.0
#: The same where no answer shows the clock.
_UNKNOWN = 300.0
#: Seconds before and after a request for which an object's age is in doubt where no timestamp of
#: the API shows its clock: ``Date`` comes from the edge before it, whose clock may be another one,
#: and this machine's clock may have been set since the request.
_DOUBT = 3600.0
#: Seconds after it was sent in which the API may still carry out a request.
LATER = 300.0


@dataclass(frozen=True, slots=True)
class Window:
    """Times of creation that objects of one request can have, in seconds of the API's clock.

    An object created from ``begin`` to ``end`` can be the request's; one created from ``earliest``
    to ``latest``, but not between those, probably is not.
    """

    earliest: float
    begin: float
    end: float
    latest: float


class ApiClock:
    """Knowledge of the API's clock; may be shared by threads."""

    def __init__(self) -> None:
        self._bounds: tuple[float, float] | None = None

    def learn(self, created: float | None, sent: float, answered: float) -> None:
        """Compare the clocks by an object that was created between two times of this machine's.

        ``created`` is the API's own time of creation, of which a part of a second may be cut off.
        """
        if created is not None:
            # The latest counts, because clocks may be set.
            self._bounds = (created - answered, created + 1.0 - sent)

    def window(self, sent: float, date_offset: float | None, *, by_this_run: bool) -> Window:
        """Return the possible times of creation for a request that was last sent at ``sent``.

        ``date_offset`` is the difference of the clocks by the ``Date`` header, None if unknown.
        What this run has learned says nothing of this machine's clock in an earlier one.
        """
        if self._bounds is not None:
            offset, high = self._bounds
            begin, end = sent + offset - 1.0, sent + high + LATER
            if by_this_run:
                return Window(begin, begin, end, end)
        else:
            offset = date_offset or 0.0
            begin = sent + offset - (_UNKNOWN if date_offset is None else _ROUNDING)
            end = sent + offset + LATER
        return Window(sent + offset - _DOUBT, begin, end, sent + offset + _DOUBT)
