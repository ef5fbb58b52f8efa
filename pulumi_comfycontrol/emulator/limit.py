"""The documented rate limit: 40 requests in 10 s per address, then closed for 10 s (A2)."""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from .clock import Clock
from .settings import Settings


class RateLimit:
    """A sliding window per client address; requests while it is closed don't prolong it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all clients."""
        with self._lock:
            self._arrivals: dict[str, deque[float]] = defaultdict(deque)
            self._closed_until: dict[str, float] = {}

    def closed_for(self, client: str) -> float:
        """Count a request; returns 0 when it may pass, else the seconds left of the cool-down."""
        settings = self._settings
        if not settings.rate_limit:
            return 0.0
        with self._lock:
            now = self._clock.monotonic()
            closed = self._closed_until.get(client, 0.0) - now
            if closed > 0:
                return closed
            arrivals = self._arrivals[client]
            while arrivals and arrivals[0] <= now - settings.rate_window:
                arrivals.popleft()
            if len(arrivals) >= settings.rate_requests:
                arrivals.clear()
                self._closed_until[client] = now + settings.rate_cool_down
                return settings.rate_cool_down
            arrivals.append(now)
            return 0.0
