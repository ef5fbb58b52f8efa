"""The assembly of a client: the only place where the links of its chain are put together.

A request passes the links from the outermost to the innermost, its reply the other way:

1. :class:`~.retry.Retry`: sends again after a failure, where that is safe
2. :class:`~.limit.Limit`: waits for the quota's permit
3. :class:`~.responses.Interpret`: turns a reply into data, or into an error
4. :class:`~.server_clock.ServerClock`: learns the server's time
5. :class:`~.http.Http`: sends the request, and reads the reply

Each attempt needs a permit, so the limit is inside of the retries; and the limit needs to see a
429 as an error, so it is outside of the interpretation.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ..clock import SYSTEM_CLOCK, Clock
from ..config import Settings
from ..quota.quota import Quota
from ..quota.shared import SharedQuota, quota_for
from .client import Client
from .http import Http
from .limit import Limit
from .request import Exchange, Link
from .responses import Interpret
from .retry import Retry
from .server_clock import ServerClock


def client_for(
    settings: Settings,
    *,
    quota: Quota | SharedQuota | None = None,
    clock: Clock = SYSTEM_CLOCK,
    jitter: Callable[[], float] = random.random,
    http: Exchange | None = None,
) -> Client:
    """Return a client for the account of ``settings``, by default with the quota that they name.

    ``http`` replaces the innermost link, for simulations.
    """
    server_clock = ServerClock(http or Http(settings, clock), clock)
    interpret = Interpret(server_clock, settings, clock)
    limit = Limit(interpret, quota or quota_for(settings, clock), clock)
    retry = Retry(limit, settings.operation_timeout, clock, jitter)
    return Client(retry, server_clock, settings.words)


def raw_exchange_for(
    settings: Settings,
    *,
    quota: Quota | SharedQuota | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Link:
    """Return the chain without interpretation and retries: it returns every reply unchanged."""
    return Limit(Http(settings, clock), quota or quota_for(settings, clock), clock)
