"""The difference between the server's clock and ours, measured by the header ``Date``."""

from __future__ import annotations

from ..clock import Clock
from ..types.timestamps import http_date
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
        server = http_date(reply.headers.get("Date", ""))
        if server is not None:
            self.offset = server - self._clock.time()
        return reply
