"""What a client needs to know about one account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .redact import Secret

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
