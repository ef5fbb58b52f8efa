"""The rules: plain functions of one property's value.

They name no value, because a runner's endpoint may be a secret.
"""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit


def endpoint_within(*domains: str) -> Callable[[str], str | None]:
    """Allow https endpoints on hosts of ``domains`` only."""

    def rule(endpoint: str) -> str | None:
        url = urlsplit(endpoint)
        host = url.hostname or ""
        if url.scheme == "https" and any(host.endswith(f".{domain}") for domain in domains):
            return None
        return f"must be https, on a host of {' or '.join(domains)}"

    return rule


def tagged(*prefixes: str) -> Callable[[Sequence[str] | None], str | None]:
    """Require a tag that begins with each of ``prefixes``."""

    def rule(tags: Sequence[str] | None) -> str | None:
        missing = [one for one in prefixes if not any(tag.startswith(one) for tag in tags or ())]
        if missing:
            return f"must have one that begins with {' and one with '.join(missing)}"
        return None

    return rule
