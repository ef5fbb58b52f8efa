"""Everything about the API that its documentation leaves open: one table.

docs/api-assumptions.md is written from it, the doctor finds out what it can of it, and the
emulator has switches for other readings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """One open question; all texts are Markdown without a full stop."""

    number: int
    question: str
    #: The answer that is assumed, and that the emulator gives by default.
    first: str
    #: What the provider does, so that other answers do no harm.
    does: str
    #: Other answers with which it still works.
    survived: str = ""
    #: Answers with which it can't.
    fatal: str = ""
    #: The reason why comfycontrol-doctor does not look for it; empty where it does.
    unseen: str = ""

    @property
    def name(self) -> str:
        """The number as code and documents write it."""
        return f"A{self.number}"


_WORKFLOWS = "nothing: workflows are not the provider's"
_NO_WORKFLOW = (
    "a workflow can't be removed again, and might run on any machine of the account; the provider"
    " uses none"
)
_FULL = "the account would have to be filled up to its limit"

ASSUMPTIONS = (
    Assumption(
        1,
        "the token's shape",
        "`cfc_` and letters and digits",
        "refuses only characters that no header can have",
        "any other printable ASCII",
    ),
    Assumption(
        2,
        "the 429 and its cool-down",
        "sliding window of 40 in 10 s, then closed for 10 s",
        "keeps its own pace; a 429 stops the host for at least 10 s, longer with `Retry-After`",
        "fixed windows, HTML bodies, `Retry-After`",
        "a limit far below 40 in 10 s only makes it slow; set `COMFYCONTROL_QUOTA`",
        unseen="a 429 closes this address for 10 s; `--rate-limit` provokes one",
    ),
    Assumption(
        3,
        "texts of most messages",
        "invented",
        "shows them, shortened and without secrets, and never matches them",
        "any",
    ),
    Assumption(4, "the status of a create", "201", "takes any 2xx for success", "any 2xx"),
    Assumption(
        5,
        "fractions of seconds and the form of times",
        "ISO 8601 in UTC with whole seconds",
        "keeps them as they come; compares them only when it looks for a lost create, and for a"
        " template whose list item lacks the body: one that is as old as in the state is taken for"
        " unchanged, so that an edit of the body alone, made within the same second as our own"
        " last write, shows after the next change only",
        "fractions, seconds since 1970, times ahead of or behind the header `Date`",
        "times that can't be read: a lost create is then named instead of taken over",
    ),
    Assumption(
        6,
        "the shape of ids, and the status for a malformed one",
        "UUID version 4; 400",
        "treats ids as opaque text and quotes them in paths",
        "any text, numbers; 404",
    ),
    Assumption(
        7,
        "bad paging, and the most items on a page",
        "400; a page past the end is empty; 100",
        "asks for 100 a page, and counts what it got",
        "fewer a page; a page past the end that repeats the last one",
        "pages that skip items: lookups refuse such a list, reads use GETs",
    ),
    Assumption(
        8,
        "the order of lists, also of equal ages",
        "newest first, the latest insertion first",
        "checks the order where it matters, which is the search for a lost create",
        "oldest first",
    ),
    Assumption(
        9,
        "a request of more than 50 MB",
        "400",
        "refuses such a body in preview",
        "any answer",
        unseen="51 MB would have to be sent; `--oversized` sends them",
    ),
    Assumption(
        10,
        "unknown fields in requests and answers",
        "ignored in requests",
        "sends none, and ignores those of answers",
        "any",
    ),
    Assumption(
        11,
        "tags on return, and what a tag may be",
        "as sent; an empty one is refused",
        "compares tags as sets; refuses empty and repeated ones and commas in preview; keeps the"
        " server's form of tags beside the program's",
        "another order, without repetition, in lower case, with tags added",
    ),
    Assumption(
        12,
        "`status` in a create",
        "ignored",
        "does not send it; a PUT follows where it is needed",
        "any",
    ),
    Assumption(
        13,
        "probing of the endpoint",
        "none",
        "does not rely on it",
        "none",
        "a create that needs a reachable machine: its refusal is shown",
    ),
    Assumption(
        14,
        "uniqueness, normalisation, what a character is, null",
        "no uniqueness, values as sent, code points; null is 400",
        "compares URLs in normal form, counts code points, sends no null, and keeps the server's"
        " form of a value beside the program's",
        "trimmed or NFC text, other spellings of URLs, unique names (the refusal is shown)",
    ),
    Assumption(
        15,
        "the filter and `total` of lists",
        "`total` counts what the filter lets through, on all pages",
        "does not use the filter, and checks `total` against what it got",
        "`total` as text, missing, or of the page only",
    ),
    Assumption(
        16,
        "PUT replaces headers and tags, and leaves what it does not send",
        "replaces, leaves",
        "compares the answer with the program; where another field differs, sends all fields once"
        " more; where a 400 asks for them, too",
        "a PUT that resets other fields, or that needs all of them",
        "headers that are merged, empty headers or tags that are ignored: what was removed from"
        " the program stays, which is an error that shows it; where a PUT resets other fields,"
        " those that the program leaves alone or ignores are lost",
    ),
    Assumption(
        17,
        "a PUT without fields or changes",
        "200, nothing changes; `updated_at` is set when a field was sent",
        "does not send one, and does not rely on `updated_at`",
        "any",
    ),
    Assumption(
        18, "running work of a disabled runner", "goes on", _WORKFLOWS, "any", unseen=_NO_WORKFLOW
    ),
    Assumption(
        19, "a workflow without a runner", "stays accepted", _WORKFLOWS, "any", unseen=_NO_WORKFLOW
    ),
    Assumption(
        20,
        "managed runners of the tier `enterprise`",
        "has access",
        "passes on what the API answers",
        "any",
    ),
    Assumption(
        21,
        "which tier sees which type of managed runner",
        "pro sees pro, plus and enterprise see both",
        "passes on what the API answers",
        "any",
    ),
    Assumption(
        22,
        "JSON to a route that wants a form",
        "400",
        "always sends a form where the text asks for one",
        "any",
        "a route that takes JSON only",
    ),
    Assumption(
        23,
        "name and type of the template's file part",
        "any",
        "sends `workflow.json` of type `application/json`",
        "any that allows these",
    ),
    Assumption(
        24,
        "whether a template's body must be an object",
        "it must",
        "refuses anything else in preview",
        "any",
    ),
    Assumption(
        25, "missing parameters of a workflow", "400", _WORKFLOWS, "any", unseen=_NO_WORKFLOW
    ),
    Assumption(
        26, "spaces in a workflow's tags", "trimmed", _WORKFLOWS, "any", unseen=_NO_WORKFLOW
    ),
    Assumption(
        27,
        "outputs of a workflow without any",
        "an empty array",
        _WORKFLOWS,
        "any",
        unseen=_NO_WORKFLOW,
    ),
    Assumption(
        28,
        "DELETE, which no page documents",
        "200 without a body, at once; 404 for an id that is not there",
        "verifies the first deletion by a GET, and then believes equal answers, but no 202; an"
        " object that is still there is an error",
        "any 2xx, deletion after some seconds, 404, 410, a marker instead of removal, and 405 or"
        " 501 for what was removed in the dashboard",
        "no deletion at all: the error says how to remove the object in the dashboard",
    ),
    Assumption(
        29,
        "the tiers' limits",
        "invented",
        "does not know them; the 403 is shown",
        "any",
        unseen=_FULL,
    ),
    Assumption(
        30, "whether disabled runners count", "they do", "does not know", "any", unseen=_FULL
    ),
    Assumption(
        31,
        "a comma in the default of `$text(key, default)`",
        "belongs to the default",
        "shows it as a part of the default",
        "any: only the output `placeholders` would show it otherwise",
        unseen="only the dashboard's form shows how a default is read",
    ),
    Assumption(
        32,
        "the form of lists: key, empty, fields of items",
        '`{"runners": [], "total": 0}` with whole items',
        "finds the array under the kind's name, under `data` or bare, takes null for none, and"
        " reads what an item lacks by a GET",
        "all of these",
        "another form: lookups refuse it, a lost create is not repeated, reads use GETs",
    ),
    Assumption(
        33,
        "the answer of a PUT",
        "the object as it is now",
        "reads the object where the answer lacks something, or differs from what was sent",
        "the object as it was before, its id alone, no body",
    ),
    Assumption(
        34,
        "whether a new object can be read at once",
        "it can",
        "asks again for an object that is some seconds old before it believes a 404, and looks"
        " twice for a lost create",
        "a delay of some seconds",
        "a longer delay after a lost answer: the create is repeated, unless the list also lacks"
        " what the run has just created",
    ),
    Assumption(
        35,
        "bodies of errors that do not come from the API itself",
        "`status` and `message` as documented",
        "believes the documented 404, and one with other JSON or no body where the whole list"
        " lacks the object too; shows other JSON and the title of HTML pages, and tells a bot"
        " check from a matter of the plan",
        "other JSON, no body",
        "404s in HTML: what was removed outside stays in the state, with an error",
    ),
    Assumption(
        36,
        "whether values come back as sent: headers, status, numbers and keys in templates",
        "as sent",
        "keeps the server's form of a value beside what was sent, once a second read confirms it,"
        " and warns",
        "masked values, unknown words for a status, doubles, sorted keys",
        "drift that a mask hides is not seen",
    ),
)


def assumption(number: int) -> Assumption:
    """Return the row of a number."""
    return ASSUMPTIONS[number - 1]
