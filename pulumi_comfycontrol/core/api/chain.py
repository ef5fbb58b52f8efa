"""The assembly of a client; the only place where its parts are put together."""

from __future__ import annotations

import random
from collections.abc import Callable

from ..clock import SYSTEM_CLOCK, Clock
from ..config import Settings
from ..quota.quota import Quota
from .client import Client
from .transport import Transport


def client_for(
    settings: Settings,
    *,
    quota: Quota | None = None,
    clock: Clock = SYSTEM_CLOCK,
    jitter: Callable[[], float] = random.random,
) -> Client:
    """Return a client for the account of ``settings``; by default with the host's quota."""
    return Client(Transport(settings, quota=quota, clock=clock, jitter=jitter), settings.words)
