"""Names and addresses of this machine itself.

A page in a browser may have the name of its own server resolved to a loopback address (DNS
rebinding), and may send simple requests to any address. The headers Host and Origin, which the
browser sets, reveal both.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

#: Wildcard addresses, with the loopback address to call instead.
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here


def is_loopback(host: str) -> bool:
    """Whether a name or an address is a loopback one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_own(authority: str, bound: str) -> bool:
    """Whether ``host:port`` is a loopback host, or the one that the emulator was started with."""
    try:
        host = urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return False
    return is_loopback(host.removesuffix(".")) or host == bound.lower()
