"""The emulator's settings: limits, and a switch for each question that the API leaves open."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field

from .switch import Seconds, Tier, checked, model_of, switch

T = TypeVar("T")
Count = Annotated[int, Field(ge=0)]
Limits = Annotated[dict[Literal["runners", "templates"], Count | None], Field(min_length=2)]
#: A value for each of the four tiers.
EachTier = Annotated[dict[Tier, T], Field(min_length=4)]
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

    tier: Tier = switch(
        "enterprise", "Tier of accounts without one of their own", heading="Accounts"
    )
    tier_limits: EachTier[Limits] = switch(
        _TIER_LIMITS,
        "Objects that a tier may have, all invented; null is any number",
        "A29",
    )
    managed_visible: EachTier[list[str]] = switch(
        _VISIBLE,
        "Types of managed runners that a tier sees; without any it gets 403",
        "A20, A21",
    )

    latency: Seconds = switch(
        0.0, "Real seconds before each answer of /v1", heading="Latency and limit"
    )
    rate_limit: bool = switch(True, "Limit the requests of each address [docs: api/authentication]")
    rate_requests: Count = switch(40, "Requests allowed within the window")
    rate_window: Annotated[Seconds, Field(ge=0.001)] = switch(10.0, "Length of the window")
    rate_cool_down: Seconds = switch(10.0, "Time for which an address is closed after a 429")
    rate_fixed_window: bool = switch(False, "Windows start at fixed times instead of sliding", "A2")
    rate_html: bool = switch(False, "The 429 is an HTML page", "A2")
    rate_retry_after: bool = switch(False, "The 429 has a Retry-After header", "A2")
    trust_client_header: bool = switch(
        False, "X-Emulator-Client names the client's address, for simulations"
    )

    create_status: Literal[201, 200] = switch(
        201, "Status of a successful create", "A4", heading="Creates"
    )
    create_lag_get: Seconds = switch(0.0, "Age below which an object answers 404 to its id", "A34")
    create_lag_list: Seconds = switch(0.0, "Age below which an object is absent from lists", "A34")
    status_on_create: bool = switch(False, "The field status in a create counts", "A12")
    unique_names: bool = switch(False, "A second runner of the same name is refused", "A14")

    ids: Literal["uuid", "integer"] = switch(
        "uuid", "Ids of new objects: UUIDs, or numbers in JSON", "A6", heading="Ids and times"
    )
    times: Literal["iso", "epoch"] = switch(
        "iso", "Times as ISO 8601 text, or as seconds since 1970", "A5"
    )
    fractions: bool = switch(False, "Times have fractions of a second", "A5")
    time_offset: Annotated[float, Field(ge=-1e6, le=1e6)] = switch(
        0.0,
        "Time by which times of objects are ahead of the header Date, negative for behind",
        "A5",
    )

    malformed_id_status: Literal[400, 404] = switch(
        400, "Status for an id of a wrong form", "A6", heading="Answers"
    )
    not_found_body: Literal["documented", "error-object", "html", "empty"] = switch(
        "documented",
        "Body of the 404 for an id: as documented, an error object, HTML, or none",
        "A35",
    )
    challenge: bool = switch(
        False, "Every answer is a 403 with an HTML page, as of a proxy that checks browsers", "A35"
    )
    extra_fields: bool = switch(False, "Answers have a field that is not documented", "A10")
    omit_optional: bool = switch(
        False, "Answers lack the user's provider, and tags and headers that are empty", "A14"
    )

    status_filter: bool = switch(
        True, "Lists of runners know the filter status", "A15", heading="Lists"
    )
    list_form: Literal["named", "data", "bare"] = switch(
        "named", "Items under the kind's name, under data, or as a bare array", "A32"
    )
    list_empty: Literal["array", "null"] = switch("array", "What stands for no items", "A32")
    list_total: Literal["all", "missing", "text", "page"] = switch(
        "all",
        "The field total counts all items, is absent, is text, or counts the page's items",
        "A15",
    )
    list_order: Literal["newest", "oldest"] = switch(
        "newest", "Which items come first [docs: runners/list]", "A8"
    )
    list_page_cap: Annotated[int, Field(ge=1)] = switch(
        100, "Most items on a page, however many were asked for", "A7"
    )
    list_omits: list[str] = switch([], "Fields that list items lack, such as headers", "A32")

    text: Literal["verbatim", "trimmed", "nfc"] = switch(
        "verbatim",
        "Names and descriptions are kept as sent, without spaces at their ends, or in NFC",
        "A14",
        heading="Values",
    )
    tags: Literal["verbatim", "sorted", "deduplicated", "lower", "added"] = switch(
        "verbatim",
        "Tags are kept as sent, sorted, without repetition, in lower case, or with one more",
        "A11",
    )
    normalize_endpoint: bool = switch(
        False, "An endpoint comes back with its host in lower case and at least the path /", "A14"
    )
    endpoint_path: Literal["verbatim", "no-slash", "slash", "resolved"] = switch(
        "verbatim",
        "An endpoint's path is kept, loses its last slash, gains one, or has .. resolved",
        "A14",
    )
    mask_headers: bool = switch(False, "Values of headers come back as ***", "A36")
    unknown_status: bool = switch(
        False, "The status of active runners comes back as a word that is not documented", "A36"
    )
    sort_template_keys: bool = switch(
        False, "Keys of a template's body come back sorted instead of as sent", "A36"
    )
    template_numbers: Literal["verbatim", "doubles"] = switch(
        "verbatim", "Numbers in a template's body are kept as sent, or become doubles", "A36"
    )

    put_bumps: Literal["sent", "changed", "always"] = switch(
        "sent",
        "Which PUT sets updated_at: one that sends a field, that changes one, or any",
        "A17",
        heading="Updates",
    )
    put_answer: Literal["object", "stale", "thin", "empty"] = switch(
        "object",
        "Answer of a PUT: the object, the object as it was before, its id alone, or no body",
        "A33",
    )
    put_requires_all: bool = switch(False, "A PUT without all fields is refused (400)", "A16")
    put_resets: bool = switch(False, "A PUT resets optional fields that it does not send", "A16")
    put_ignores_empty: bool = switch(False, "A PUT ignores empty headers and tags", "A16")
    merge_headers: bool = switch(
        False, "A PUT adds to the headers instead of replacing them", "A16"
    )

    delete: Literal["200", "204", "202-later", "soft", "410", "405", "501", "no-route", "kept"] = (
        switch(
            "200",
            "DELETE removes (200, 204), removes later (202-later), marks (soft), removes so that"
            " the id answers 410, is no method (405, 501) or no route, or answers 200 and keeps"
            " (kept)",
            "A28",
            heading="Deletions",
        )
    )
    delete_marker: Literal[
        "deleted_at", "deletedAt", "removed_at", "deleted", "is_deleted", "status"
    ] = switch(
        "deleted_at",
        "The field of a GET that marks a removed object: a time, true, or the status deleted",
        "A28",
    )
    delete_delay: Seconds = switch(6.0, "Time until the removal of 202-later happens", "A28")

    def __setattr__(self, name: str, value: Any) -> None:
        self.change({name: value})

    def change(self, values: dict[str, Any]) -> None:
        """Set several settings, all of them or none; raises ValueError."""
        self.__dict__.update(checked(_model(), values))

    def as_json(self) -> dict[str, Any]:
        """All settings as plain data."""
        return asdict(self)

    @staticmethod
    def schema() -> dict[str, Any]:
        """The JSON schema of a change."""
        return _model().model_json_schema()


@functools.cache
def _model() -> type[BaseModel]:
    return model_of(Settings)


#: The allowed values of the settings with a fixed choice.
CHOICES: dict[str, tuple[Any, ...]] = {
    name: get_args(type_)
    for name, type_ in get_type_hints(Settings).items()
    if get_origin(type_) is Literal
}
