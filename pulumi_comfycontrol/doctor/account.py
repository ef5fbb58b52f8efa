"""Read-only experiments with the account."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.api.client import MANAGED_PATH
from ..core.api.pages import PER_PAGE, parse_page
from .api import Api, Unclear
from .finding import Finding, survived, unclear, unseen

_FORBIDDEN = 403
#: Types that a tier is assumed to see (A20, A21).
_VISIBLE = {"pro": {"pro"}, "plus": {"pro", "plus"}, "enterprise": {"pro", "plus"}}


def account_findings(api: Api, token: str) -> Iterator[Finding]:
    """Return findings on the token's form and on the managed runners that the tier sees."""
    if token.startswith("cfc_") and token.removeprefix("cfc_").isalnum():
        yield Finding(1, "the token is `cfc_` and letters and digits")
    else:
        yield survived(1, "the token has another form")
    user = api.call("GET", "/v1/user")
    if not user.ok:
        raise Unclear(f"the account was answered {user.status}")
    tier = str(user.object.get("tier"))
    answer = api.call("GET", MANAGED_PATH, query={"page": 1, "per_page": PER_PAGE})
    number, other = (20, 21) if tier == "enterprise" else (21, 20)
    yield unseen(other, f"the account's tier is {tier}")
    if answer.status == _FORBIDDEN:
        seen = f"the tier {tier} has no access to managed runners"
        yield survived(number, seen) if tier in _VISIBLE else Finding(number, seen)
        return
    items = parse_page(answer.data, "runners").items
    types = {str(item.get("runner_type")) for item in items}
    if not types:
        yield unclear(number, f"there are no managed runners that the tier {tier} sees")
        return
    seen = f"the tier {tier} sees managed runners of the types {', '.join(sorted(types))}"
    yield Finding(number, seen) if types <= _VISIBLE.get(tier, set()) else survived(number, seen)
