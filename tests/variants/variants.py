"""Other readings of the API: the emulator's settings, and the expected result of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Variant:
    """One reading; ``refuses`` are the stages at which it is refused, with the reason.

    With ``weak`` evidence, a create whose answer was lost is refused too.
    """

    name: str
    settings: Mapping[str, Any]
    refuses: Mapping[str, str] = field(default_factory=dict)
    weak: bool = False

    def refusals(self, *, lossy: bool) -> dict[str, str]:
        """The reasons by stage, where answers get lost or not."""
        return {**({"create": _WEAK} if lossy and self.weak else {}), **self.refuses}

    def __str__(self) -> str:
        return self.name


_WEAK = "an object resembles what was sent, which is no proof; its id is named"
_NOT_REMOVED = "the API keeps what was removed; following the advice ends it"
_NOT_DELETED = "the API deletes nothing; removal in the dashboard and a refresh end it"
_HTML = "an HTML page is no proof; nothing leaves the state"

VARIANTS = (
    Variant("as documented", {}),
    Variant("create answers 200", {"create_status": 200}),
    Variant("ids are integers", {"ids": "integer"}),
    Variant("times are epoch", {"times": "epoch"}),
    Variant("times have fractions", {"fractions": True}),
    Variant("clock of objects 6 s ahead", {"time_offset": 6.0}),
    Variant("clock of objects 6 s behind", {"time_offset": -6.0}, weak=True),
    Variant("extra fields", {"extra_fields": True}),
    Variant("empty fields omitted", {"omit_optional": True}),
    Variant("new objects 404 for 2 s", {"create_lag_get": 2.0}),
    Variant("new objects not listed for 2 s", {"create_lag_list": 2.0}),
    Variant("404 is an error object", {"not_found_body": "error-object"}),
    Variant("404 without a body", {"not_found_body": "empty"}),
    Variant("404 is HTML", {"not_found_body": "html"}, {"gone": _HTML, "destroy": _HTML}),
    Variant("list under `data`", {"list_form": "data"}),
    Variant("list is a bare array", {"list_form": "bare"}),
    Variant("`null` for an empty list", {"list_empty": "null"}),
    Variant("no total", {"list_total": "missing"}),
    Variant("total is text", {"list_total": "text"}),
    Variant("total of the page", {"list_total": "page"}),
    Variant("oldest first", {"list_order": "oldest"}),
    Variant("pages of at most 1", {"list_page_cap": 1}),
    Variant("list items lack headers", {"list_omits": ["headers"]}),
    Variant("texts trimmed", {"text": "trimmed"}, weak=True),
    Variant("texts in NFC", {"text": "nfc"}, weak=True),
    Variant("tags sorted", {"tags": "sorted"}),
    Variant("tags in lower case", {"tags": "lower"}, weak=True),
    Variant("a tag added", {"tags": "added"}, weak=True),
    Variant("endpoint's host in lower case", {"normalize_endpoint": True}),
    Variant("endpoint without last slash", {"endpoint_path": "no-slash"}, weak=True),
    Variant("endpoint with last slash", {"endpoint_path": "slash"}),
    Variant("endpoint's dots resolved", {"endpoint_path": "resolved"}, weak=True),
    Variant("header values masked", {"mask_headers": True}),
    Variant("unknown status", {"unknown_status": True}),
    Variant("status on create counts", {"status_on_create": True}),
    Variant("template's keys sorted", {"sort_template_keys": True}),
    Variant("template's numbers are doubles", {"template_numbers": "doubles"}, weak=True),
    Variant("PUT answers the old object", {"put_answer": "stale"}),
    Variant("PUT answers the id alone", {"put_answer": "thin"}),
    Variant("PUT answers without a body", {"put_answer": "empty"}),
    Variant("PUT wants all fields", {"put_requires_all": True}),
    Variant("PUT resets what it lacks", {"put_resets": True}),
    Variant(
        "PUT ignores empty values",
        {"put_ignores_empty": True},
        {"unset": _NOT_REMOVED},
    ),
    Variant(
        "PUT merges headers",
        {"merge_headers": True},
        {"update": _NOT_REMOVED, "unset": _NOT_REMOVED},
    ),
    Variant("DELETE answers 204", {"delete": "204"}),
    Variant("DELETE answers 202, removes after 6 s", {"delete": "202-later"}),
    Variant("DELETE leaves `deleted_at`", {"delete": "soft"}),
    Variant("DELETE leaves `deleted: true`", {"delete": "soft", "delete_marker": "deleted"}),
    Variant("DELETE leaves `status: deleted`", {"delete": "soft", "delete_marker": "status"}),
    Variant("deleted ids answer 410", {"delete": "410"}),
    Variant("DELETE answers 405", {"delete": "405"}, {"destroy": _NOT_DELETED}),
    Variant("DELETE answers 501", {"delete": "501"}, {"destroy": _NOT_DELETED}),
    Variant("DELETE has no route", {"delete": "no-route"}, {"destroy": _NOT_DELETED}),
    Variant("DELETE answers 200 and keeps", {"delete": "kept"}, {"destroy": _NOT_DELETED}),
    Variant(
        "lower-cased tags, masked headers, no slash",
        {"tags": "lower", "mask_headers": True, "endpoint_path": "no-slash"},
        weak=True,
    ),
    Variant(
        "all texts normalised, PUT answers stale",
        {"text": "nfc", "put_answer": "stale"},
        weak=True,
    ),
)
