"""What a client needs to know about one account."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .secret import Secret

DEFAULT_URL = "https://api.comfycontrol.app"


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are seconds; ``quota`` is (requests, seconds), this host's share of the address's."""

    token: Secret = field(repr=False)
    token_source: str = "the caller"  # noqa: S105 - not a token
    url: str = DEFAULT_URL
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    operation_timeout: float = 120.0
    quota: tuple[int, float] = (40, 10.0)
    #: What to do when the token is refused, as a part of a sentence.
    token_remedy: str = "get a valid one from the dashboard"  # noqa: S105 - not a token

    def hidden(self, others: Iterable[str] = ()) -> tuple[str, ...]:
        """What no text about a request may show: the token, and the request's own secrets."""
        return (self.token.reveal(), *others)


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
