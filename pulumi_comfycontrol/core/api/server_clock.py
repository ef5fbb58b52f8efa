"""The difference between the server's clock and ours, measured by the header ``Date``."""

from __future__ import annotations

from contextlib import suppress
from email.utils import parsedate_to_datetime

from ..clock import Clock
from .request import Exchange, Reply, Sending


class ServerClock:
    """The chain's link that compares the ``Date`` header of replies with this machine's clock."""

    def __init__(self, next_: Exchange, clock: Clock) -> None:
        self._next = next_
        self._clock = clock
        #: The server's clock minus ours, in seconds, by the latest answer with a ``Date`` header.
        self.offset: float | None = None

    def send(self, sending: Sending) -> Reply:
        """See :class:`~.request.Exchange`."""
        reply = self._next.send(sending)
        with suppress(TypeError, ValueError):
            server = parsedate_to_datetime(reply.headers.get("Date", ""))
            self.offset = server.timestamp() - self._clock.time()
        return reply
