"""What a test or a curious person may switch: limits, and each undocumented behaviour."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

#: Runners that a tier may have. Invented (A29): the real numbers are not documented.
TIERS: dict[str, int | None] = {"free": 1, "pro": 5, "plus": 20, "enterprise": None}


@dataclass
class Settings:
    """Times are seconds. The defaults are the documented behaviour, or the assumption named."""

    tier: str = "enterprise"
    latency: float = 0.0
    rate_limit: bool = True
    rate_requests: int = 40
    rate_window: float = 10.0
    rate_cool_down: float = 10.0
    #: A 429 of Cloudflare may be HTML and may have a Retry-After header (A2).
    rate_html: bool = False
    rate_retry_after: bool = False
    #: Whether the header X-Emulator-Client names the client's address, for simulations.
    trust_client_header: bool = False
    #: A4
    create_status: int = 201
    #: A5, A17
    fractions: bool = False
    empty_put_bumps: bool = False
    #: A7
    malformed_id_status: int = 400
    #: A11: "verbatim", "sorted" or "deduplicated"
    tags: str = "verbatim"
    #: A12
    status_on_create: bool = False
    #: A14: whether the answer spells an endpoint in its normal form
    normalize_endpoint: bool = False
    unique_names: bool = False
    #: A15: whether lists know the filter ``status``
    status_filter: bool = True
    #: A16: whether PUT merges headers instead of replacing them
    merge_headers: bool = False
    #: A28: "200", "204", "405", "no-route" or "kept"
    delete: str = "200"
    #: Answers with a field that nobody knows, or without those that may be missing
    extra_fields: bool = False
    omit_optional: bool = False

    def change(self, values: dict[str, Any]) -> None:
        """Set some of the switches; raises ValueError for an unknown name or a wrong type."""
        current = asdict(self)
        for name, value in values.items():
            if name not in current:
                known = ", ".join(sorted(current))
                msg = f"unknown setting '{name}'; the settings are {known}"
                raise ValueError(msg)
            wanted = type(current[name])
            if wanted is float and type(value) is int:
                value = float(value)  # noqa: PLW2901
            if type(value) is not wanted:
                msg = f"the setting '{name}' must be of type {wanted.__name__}"
                raise ValueError(msg)
        if values.get("tier", self.tier) not in TIERS:
            msg = f"the tier must be one of {', '.join(TIERS)}"
            raise ValueError(msg)
        for name, value in values.items():
            setattr(self, name, value)

    def restore(self) -> None:
        """Set everything back to its default."""
        fresh = Settings()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))
