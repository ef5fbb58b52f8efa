"""The experiment with the API's rate limit: requests until the first answer is 429."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from ..core.api.body import Form, form_of
from ..core.api.request import Exchange, Reply, Request, Sending
from ..core.clock import Clock
from ..core.errors import ComfyControlError
from ..core.progress import pause
from ..core.quota.quota import Quota
from ..core.quota.shared import SharedQuota
from .finding import Finding, survived, unclear

#: The largest number of requests in all, and at once.
_MOST = 80
_AT_ONCE = 8
_COOL_DOWN = 10.0
#: Seconds after which a request no longer counts [docs: api/authentication].
WINDOW = 10.0
_TOO_MANY = 429


def rate_limit_findings(
    http: Exchange, quota: Quota | SharedQuota, clock: Clock
) -> Iterator[Finding]:
    """Exceed the limit and examine the 429; this host's other processes then wait, too."""
    pause(clock, WINDOW, "waiting until earlier requests no longer count")
    permit = quota.acquire()
    try:
        replies = list(_replies(http))
    except ComfyControlError as error:
        permit.release()
        yield unclear(2, error.fault)
        return
    refused = next((reply for reply in replies if reply.status == _TOO_MANY), None)
    permit.release()
    if refused is None:
        yield survived(2, f"{len(replies)} requests in a few seconds are not answered 429")
        return
    permit.reject(_COOL_DOWN)
    passed = sum(reply.status != _TOO_MANY for reply in replies)
    yield Finding(2, f"a 429 comes after about {passed} requests")
    if form_of(refused) is Form.HTML:
        yield survived(2, "the 429 is an HTML page", rate_html=True)
    if refused.headers.get("Retry-After"):
        wait = refused.headers["Retry-After"]
        yield survived(2, f"the 429 asks to wait for {wait} s", rate_retry_after=True)


def _replies(http: Exchange) -> Iterator[Reply]:
    request = Request("GET", "/v1/user")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in range(_MOST // _AT_ONCE):
            sent = [pool.submit(http.send, Sending(request)) for _ in range(_AT_ONCE)]
            replies = [one.result() for one in sent]
            yield from replies
            if any(reply.status == _TOO_MANY for reply in replies):
                return
