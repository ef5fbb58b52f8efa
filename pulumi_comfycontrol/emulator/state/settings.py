"""What a test or a curious person may switch: limits, and each undocumented behaviour."""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

TIERS = ("free", "pro", "plus", "enterprise")

#: The values of the switches that have more than two positions.
CHOICES: dict[str, tuple[Any, ...]] = {
    "tier": TIERS,
    "create_status": (201, 200),
    "put_bumps": ("sent", "changed", "always"),
    "malformed_id_status": (400, 404),
    "tags": ("verbatim", "sorted", "deduplicated"),
    "delete": ("200", "204", "405", "no-route", "kept", "202-later", "soft"),
}


def _limits() -> dict[str, dict[str, int | None]]:
    return {
        "free": {"runners": 1, "templates": 5},
        "pro": {"runners": 5, "templates": 50},
        "plus": {"runners": 20, "templates": 200},
        "enterprise": {"runners": None, "templates": None},
    }


def _visible() -> dict[str, list[str]]:
    return {"free": [], "pro": ["pro"], "plus": ["pro", "plus"], "enterprise": ["pro", "plus"]}


@dataclass
class Settings:
    """Times are seconds. The defaults are the documented behaviour, or the assumption named.

    Setting an attribute raises ValueError for an unknown name, a wrong type or an unknown value.
    """

    #: The tier of every account that has none of its own.
    tier: str = "enterprise"
    #: How many objects a tier may have; None is any number. All invented (A29).
    tier_limits: dict[str, dict[str, int | None]] = field(default_factory=_limits)
    #: Which types of managed runners a tier sees; with none, it is refused by 403 (A20, A21).
    managed_visible: dict[str, list[str]] = field(default_factory=_visible)
    #: Waited for before each answer of /v1.
    latency: float = 0.0
    #: 40 requests in 10 s for each address, then closed for 10 s [docs: api/authentication].
    rate_limit: bool = True
    rate_requests: int = 40
    rate_window: float = 10.0
    rate_cool_down: float = 10.0
    #: Whether the window starts at fixed times instead of sliding (A2).
    rate_fixed_window: bool = False
    #: A 429 of Cloudflare may be HTML and may have a Retry-After header (A2).
    rate_html: bool = False
    rate_retry_after: bool = False
    #: Whether the header X-Emulator-Client names the client's address, for simulations.
    trust_client_header: bool = False
    #: The status of a successful create (A4).
    create_status: int = 201
    #: Whether timestamps have fractions of a second (A5).
    fractions: bool = False
    #: Which PUT sets a new ``updated_at``: one that sends a field, changes one, or any (A17).
    put_bumps: str = "sent"
    #: The answer to an id that is no UUID.
    malformed_id_status: int = 400
    #: What becomes of a runner's tags (A11).
    tags: str = "verbatim"
    #: Whether ``status`` in a create counts (A12).
    status_on_create: bool = False
    #: Whether an endpoint comes back with its host in lower case and at least the path / (A14).
    normalize_endpoint: bool = False
    #: Whether a second runner of the same name is refused (A14).
    unique_names: bool = False
    #: Whether lists know the filter ``status`` (A15); otherwise they ignore it.
    status_filter: bool = True
    #: Whether PUT merges headers instead of replacing them (A16).
    merge_headers: bool = False
    #: Whether PUT resets a runner's optional fields that it does not send (A16).
    put_resets: bool = False
    #: Whether the keys of a template's body come back sorted instead of as they were sent.
    sort_template_keys: bool = False
    #: What DELETE does (A28): "202-later" answers at once and removes ``delete_delay`` seconds
    #: after; "soft" takes the object out of lists, and GET shows it with ``deleted_at``.
    delete: str = "200"
    delete_delay: float = 6.0
    #: Whether answers have a field that nobody knows.
    extra_fields: bool = False
    #: Whether answers lack ``provider`` of the user, and tags and headers that are empty.
    omit_optional: bool = False

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, _checked(name, value))

    def change(self, values: dict[str, Any]) -> None:
        """Set several switches, all of them or none; raises ValueError."""
        good = {name: _checked(name, value) for name, value in values.items()}
        for name, value in good.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """All switches as plain data."""
        return asdict(self)


def _checked(name: str, value: Any) -> Any:
    wanted = _TYPES.get(name)
    if wanted is None:
        msg = f"unknown setting '{name}'; the settings are {', '.join(sorted(_TYPES))}"
        raise ValueError(msg)
    if wanted is float and type(value) is int and abs(value) <= threading.TIMEOUT_MAX:
        value = float(value)
    if type(value) is not wanted:
        msg = f"the setting '{name}' must be of type {wanted.__name__}"
        raise ValueError(msg)
    if name in CHOICES and value not in CHOICES[name]:
        msg = f"the setting '{name}' must be one of {', '.join(map(str, CHOICES[name]))}"
        raise ValueError(msg)
    if isinstance(value, int) and value < 0:
        msg = f"the setting '{name}' can't be negative"
        raise ValueError(msg)
    if isinstance(value, float) and not _FIRST.get(name, 0.0) <= value <= threading.TIMEOUT_MAX:
        msg = f"the setting '{name}' must be a number of seconds that one can wait"
        raise ValueError(msg)
    if isinstance(value, dict):
        shape, is_good = _SHAPES[name]
        if value.keys() != set(TIERS) or not all(map(is_good, value.values())):
            msg = f"the setting '{name}' needs {shape} for each of {', '.join(TIERS)}"
            raise ValueError(msg)
    return deepcopy(value)


def _are_limits(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"runners", "templates"}
        and all(one is None or (type(one) is int and one >= 0) for one in value.values())
    )


def _are_types(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


#: What each tier has in the settings that differ by tier.
_SHAPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "tier_limits": ('{"runners": number or null, "templates": number or null}', _are_limits),
    "managed_visible": ("a list of types", _are_types),
}
#: The smallest values of times that can't be 0.
_FIRST = {"rate_window": 0.001}


_TYPES: dict[str, type] = {
    one.name: dict if one.default is MISSING else type(one.default) for one in fields(Settings)
}
