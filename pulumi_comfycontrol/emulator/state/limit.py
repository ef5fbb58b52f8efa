"""The documented rate limit: 40 requests in 10 s per address, then closed for 10 s (A2)."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import Any

from .settings import Settings


class RateLimit:
    """Rate limit with a sliding window per client address, exclusive at its older end.

    The first request above the limit closes the address for the cool-down; requests meanwhile
    do not prolong it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all clients."""
        with self._lock:
            self._arrivals: dict[str, deque[float]] = defaultdict(deque)
            self._closed_until: dict[str, float] = {}

    def closed_for(self, client: str, now: float) -> float:
        """Count a request that arrives ``now``, in seconds of a monotonic clock.

        Returns 0 when it may pass, else the seconds that are left of the cool-down.
        """
        settings = self._settings
        if not settings.rate_limit:
            return 0.0
        with self._lock:
            closed = self._closed_until.get(client, 0.0) - now
            if closed > 0:
                return closed
            arrivals = self._arrivals[client]
            while arrivals and self._is_over(arrivals[0], now):
                arrivals.popleft()
            if len(arrivals) >= settings.rate_requests:
                arrivals.clear()
                self._closed_until[client] = now + settings.rate_cool_down
                return settings.rate_cool_down
            arrivals.append(now)
            return 0.0

    def as_json(self, now: float) -> list[dict[str, Any]]:
        """The addresses with a request in the window or a cool-down, the fullest first."""
        with self._lock:
            found = [
                {
                    "client": client,
                    "in_window": sum(not self._is_over(one, now) for one in arrivals),
                    "closed_for": round(max(0.0, self._closed_until.get(client, 0.0) - now), 3),
                }
                for client, arrivals in self._arrivals.items()
            ]
        used = [one for one in found if one["in_window"] or one["closed_for"]]
        return sorted(used, key=lambda one: (-one["closed_for"], -one["in_window"]))

    def _is_over(self, arrival: float, now: float) -> bool:
        window = self._settings.rate_window
        if self._settings.rate_fixed_window:
            return arrival // window < now // window
        return arrival <= now - window
