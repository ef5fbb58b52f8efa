"""The emulator's settings: limits, and a switch for each question that the API leaves open."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from .switch import LIMITS, TIERS, TYPES, checked, switch

_TIER_LIMITS = {
    "free": {"runners": 1, "templates": 5},
    "pro": {"runners": 5, "templates": 50},
    "plus": {"runners": 20, "templates": 200},
    "enterprise": {"runners": None, "templates": None},
}
_VISIBLE = {"free": [], "pro": ["pro"], "plus": ["pro", "plus"], "enterprise": ["pro", "plus"]}


@dataclass
class Settings:
    """Current values of all settings; times are seconds of the emulator's clock.

    The defaults are the documented behaviour, or the first reading of the assumption named.
    Setting an attribute raises ValueError for an unknown name, a wrong type or an unknown value.
    """

    # Account
    tier: str = switch("enterprise", "Tier of accounts without one of their own", choices=TIERS)
    tier_limits: dict[str, dict[str, int | None]] = switch(
        _TIER_LIMITS,
        "Objects that a tier may have, all invented; null is any number",
        assumption="A29",
        shape=LIMITS,
    )
    managed_visible: dict[str, list[str]] = switch(
        _VISIBLE,
        "Types of managed runners that a tier sees; without any it gets 403",
        assumption="A20, A21",
        shape=TYPES,
    )

    # Time and limit
    latency: float = switch(0.0, "Real seconds before each answer of /v1")
    rate_limit: bool = switch(True, "Limit the requests of each address [docs: api/authentication]")
    rate_requests: int = switch(40, "Requests allowed within the window")
    rate_window: float = switch(10.0, "Length of the window", least=0.001)
    rate_cool_down: float = switch(10.0, "Time for which an address is closed after a 429")
    rate_fixed_window: bool = switch(
        False, "Windows start at fixed times instead of sliding", assumption="A2"
    )
    rate_html: bool = switch(False, "The 429 is an HTML page", assumption="A2")
    rate_retry_after: bool = switch(False, "The 429 has a Retry-After header", assumption="A2")
    trust_client_header: bool = switch(
        False, "X-Emulator-Client names the client's address, for simulations"
    )

    # All objects
    create_status: int = switch(
        201, "Status of a successful create", assumption="A4", choices=(201, 200)
    )
    create_lag_get: float = switch(
        0.0, "Age below which an object answers 404 to its id", assumption="A34"
    )
    create_lag_list: float = switch(
        0.0, "Age below which an object is absent from lists", assumption="A34"
    )
    ids: str = switch(
        "uuid",
        "Ids of new objects: UUIDs, or numbers in JSON",
        assumption="A6",
        choices=("uuid", "integer"),
    )
    times: str = switch(
        "iso",
        "Times as ISO 8601 text, or as seconds since 1970",
        assumption="A5",
        choices=("iso", "epoch"),
    )
    fractions: bool = switch(False, "Times have fractions of a second", assumption="A5")
    time_offset: float = switch(
        0.0,
        "Time by which times of objects are ahead of the header Date, negative for behind",
        assumption="A5",
        least=-1e6,
    )
    malformed_id_status: int = switch(
        400, "Status for an id of a wrong form", assumption="A6", choices=(400, 404)
    )
    not_found_body: str = switch(
        "documented",
        "Body of the 404 for an id: as documented, an error object, HTML, or none",
        assumption="A35",
        choices=("documented", "error-object", "html", "empty"),
    )
    challenge: bool = switch(
        False,
        "Every answer is a 403 with an HTML page, as of a proxy that checks browsers",
        assumption="A35",
    )
    extra_fields: bool = switch(
        False, "Answers have a field that is not documented", assumption="A10"
    )
    omit_optional: bool = switch(
        False,
        "Answers lack the user's provider, and tags and headers that are empty",
        assumption="A14",
    )

    # Lists
    status_filter: bool = switch(True, "Lists of runners know the filter status", assumption="A15")
    list_form: str = switch(
        "named",
        "Items under the kind's name, under data, or as a bare array",
        assumption="A32",
        choices=("named", "data", "bare"),
    )
    list_empty: str = switch(
        "array", "What stands for no items", assumption="A32", choices=("array", "null")
    )
    list_total: str = switch(
        "all",
        "The field total counts all items, is absent, is text, or counts the page's items",
        assumption="A15",
        choices=("all", "missing", "text", "page"),
    )
    list_order: str = switch(
        "newest",
        "Which items come first [docs: runners/list]",
        assumption="A8",
        choices=("newest", "oldest"),
    )
    list_page_cap: int = switch(
        100, "Most items on a page, however many were asked for", assumption="A7", least=1
    )
    list_omits: list[str] = switch(
        [], "Fields that list items lack, such as headers", assumption="A32"
    )

    # Forms of values
    text: str = switch(
        "verbatim",
        "Names and descriptions are kept as sent, without spaces at their ends, or in NFC",
        assumption="A14",
        choices=("verbatim", "trimmed", "nfc"),
    )
    tags: str = switch(
        "verbatim",
        "Tags are kept as sent, sorted, without repetition, in lower case, or with one more",
        assumption="A11",
        choices=("verbatim", "sorted", "deduplicated", "lower", "added"),
    )
    normalize_endpoint: bool = switch(
        False,
        "An endpoint comes back with its host in lower case and at least the path /",
        assumption="A14",
    )
    endpoint_path: str = switch(
        "verbatim",
        "An endpoint's path is kept, loses its last slash, gains one, or has .. resolved",
        assumption="A14",
        choices=("verbatim", "no-slash", "slash", "resolved"),
    )
    mask_headers: bool = switch(False, "Values of headers come back as ***", assumption="A36")
    unknown_status: bool = switch(
        False,
        "The status of active runners comes back as a word that is not documented",
        assumption="A36",
    )
    status_on_create: bool = switch(False, "The field status in a create counts", assumption="A12")
    unique_names: bool = switch(
        False, "A second runner of the same name is refused", assumption="A14"
    )
    sort_template_keys: bool = switch(
        False, "Keys of a template's body come back sorted instead of as sent", assumption="A36"
    )
    template_numbers: str = switch(
        "verbatim",
        "Numbers in a template's body are kept as sent, or become doubles",
        assumption="A36",
        choices=("verbatim", "doubles"),
    )

    # PUT
    put_bumps: str = switch(
        "sent",
        "Which PUT sets updated_at: one that sends a field, that changes one, or any",
        assumption="A17",
        choices=("sent", "changed", "always"),
    )
    put_answer: str = switch(
        "object",
        "Answer of a PUT: the object, the object as it was before, its id alone, or no body",
        assumption="A33",
        choices=("object", "stale", "thin", "empty"),
    )
    put_requires_all: bool = switch(
        False, "A PUT without all fields is refused (400)", assumption="A16"
    )
    put_resets: bool = switch(
        False, "A PUT resets optional fields that it does not send", assumption="A16"
    )
    put_ignores_empty: bool = switch(
        False, "A PUT ignores empty headers and tags", assumption="A16"
    )
    merge_headers: bool = switch(
        False, "A PUT adds to the headers instead of replacing them", assumption="A16"
    )

    # DELETE
    delete: str = switch(
        "200",
        "DELETE removes (200, 204), removes later (202-later), marks (soft), removes so that the"
        " id answers 410, is no method (405, 501) or no route, or answers 200 and keeps (kept)",
        assumption="A28",
        choices=("200", "204", "202-later", "soft", "410", "405", "501", "no-route", "kept"),
    )
    delete_marker: str = switch(
        "deleted_at",
        "The field of a GET that marks a removed object: a time, true, or the status deleted",
        assumption="A28",
        choices=("deleted_at", "deletedAt", "removed_at", "deleted", "is_deleted", "status"),
    )
    delete_delay: float = switch(
        6.0, "Time until the removal of 202-later happens", assumption="A28"
    )

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, checked(Settings, name, value))

    def change(self, values: dict[str, Any]) -> None:
        """Set several settings, all of them or none; raises ValueError."""
        good = {name: checked(Settings, name, value) for name, value in values.items()}
        for name, value in good.items():
            object.__setattr__(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """All settings as plain data."""
        return asdict(self)


#: The allowed values of settings with a fixed choice, the default first.
CHOICES: dict[str, tuple[Any, ...]] = {
    one.name: one.metadata["choices"] for one in fields(Settings) if one.metadata["choices"]
}
