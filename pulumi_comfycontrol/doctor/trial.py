"""The object of the doctor's experiments, and the experiments common to both kinds."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.api.client import deletion_marker
from ..core.clock import Clock
from ..core.types.kind import Kind
from ..core.types.timestamps import http_date, seconds
from .api import Answer, Api, Unclear
from .finding import Finding, fatal, survived

#: Seconds for which a delayed effect is awaited, and between two requests.
_PATIENCE = 30.0
LOOK = 1.0
#: Tolerance for two times, in seconds: timestamps may be whole seconds, and requests take time.
_CLOCKS = 2.0
_REFUSED = 400
_FAILED = 500
GONE = frozenset({404, 410})
#: Characters of a message that are shown.
_LONGEST = 100


class Refused(Unclear):
    """Create request that the API rejected."""

    def __init__(self, kind: Kind, answer: Answer) -> None:
        self.status = answer.status
        super().__init__(f"creating a {kind.label} gets {answer.status}, {message_of(answer)}")


class Trial:
    """One object of an account, from its creation to its removal."""

    def __init__(self, api: Api, clock: Clock, kind: Kind) -> None:
        self.api = api
        self.clock = clock
        self.kind = kind
        #: None before the creation and after the removal.
        self.path: str | None = None
        #: Whether a create with an unknown outcome may have created an object.
        self.is_in_doubt = False
        #: Whether a PUT has to send all fields.
        self.needs_all = False
        #: Whether a PUT resets the fields that it lacks.
        self.resets = False

    def create(self, fields: Mapping[str, Any]) -> Answer:
        """Create the object; raises :class:`Refused`."""
        doubt, self.is_in_doubt = self.is_in_doubt, True
        answer = self.api.call("POST", self.kind.path, **self.kind.encode(fields))
        if _REFUSED <= answer.status < _FAILED:
            self.is_in_doubt = doubt
        id_ = answer.object.get("id")
        if not answer.ok or id_ in (None, ""):
            raise Refused(self.kind, answer)
        self.path = f"{self.kind.path}/{id_}"
        self.is_in_doubt = doubt
        return answer

    def get(self) -> Answer:
        """Read the object."""
        return self.api.call("GET", str(self.path))

    def seen(self) -> dict[str, Any]:
        """Read the object's fields; raises :class:`Unclear` where that fails."""
        answer = self.get()
        if not answer.ok or not answer.object:
            raise Unclear(f"reading it was answered {answer.status}")
        return answer.object

    def put(self, fields: Mapping[str, Any]) -> Answer:
        """Change fields, and send the others as they are where the API asks for all."""
        if self.needs_all:
            record = self.kind.record.parse(self.seen())
            fields = {**self.kind.values(record.as_dict()), **fields}
        return self.api.call("PUT", str(self.path), **self.kind.encode(fields))

    def changed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Change fields, and return what a GET shows then; raises :class:`Unclear`."""
        answer = self.put(fields)
        if not answer.ok:
            raise Unclear(f"the PUT was answered {answer.status}")
        return self.seen()


def message_of(answer: Answer) -> str:
    """Return an answer's message in quotes, or the form of its body."""
    text = answer.object.get("message")
    return repr(text[:_LONGEST]) if isinstance(text, str) else answer.form


def created(trial: Trial, answer: Answer) -> Iterator[Finding]:
    """Examine the answer of a create."""
    if answer.status == 201:  # noqa: PLR2004
        yield Finding(4, "201")
    else:
        settings: dict[str, Any] = {"create_status": 200} if answer.status == 200 else {}  # noqa: PLR2004
        yield survived(4, str(answer.status), **settings)
    yield _id(answer.object["id"])
    yield from _times(answer)
    yield from _lag(trial)


def _id(value: Any) -> Finding:
    if isinstance(value, int):
        return survived(6, "numbers", ids="integer")
    try:
        version = uuid.UUID(str(value)).version
    except ValueError:
        return survived(6, "text that is no UUID")
    return Finding(6, "UUIDs") if version == 4 else survived(6, f"UUIDs of version {version}")  # noqa: PLR2004


def _times(answer: Answer) -> Iterator[Finding]:
    value = answer.object.get("created_at")
    time = seconds(value)
    if time is None:
        yield fatal(5, "a new object has no time that can be read")
    elif isinstance(value, int | float):
        yield survived(5, "seconds since 1970", times="epoch")
    elif re.search(r"\.\d", str(value)):
        yield survived(5, "ISO 8601 with fractions", fractions=True)
    else:
        yield Finding(5, "ISO 8601 with whole seconds")
    date = http_date(answer.headers.get("Date", ""))
    if time is not None and date is not None and abs(ahead := round(time - date)) > _CLOCKS:
        seen = f"an object's time is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} Date"
        yield survived(5, seen, time_offset=float(ahead))


def _lag(trial: Trial) -> Iterator[Finding]:
    wait = _until(trial, lambda: trial.get().status not in GONE)
    if wait is None:
        yield fatal(34, f"a new object answers 404 for more than {_PATIENCE:g} s")
    elif wait:
        yield survived(34, f"a new object answers 404 for {wait:g} s", create_lag_get=wait)
    else:
        yield Finding(34, "a new object can be read at once")
    more = _until(trial, lambda: _is_listed(trial))
    if more is None:
        yield fatal(34, f"a list lacks a new object for more than {_PATIENCE:g} s")
    elif more:
        lag = (wait or 0) + more
        yield survived(34, f"lists lack a new object for {lag:g} s", create_lag_list=lag)


def _is_listed(trial: Trial) -> bool:
    try:
        pages = trial.api.pages(trial.kind)
        while not pages.ended:
            pages.next()
            if any(f"{trial.kind.path}/{id_}" == trial.path for id_ in pages.items):
                return True
    except Unclear:
        return True  # another experiment reports failures of lists
    return False


def absent(trial: Trial) -> Iterator[Finding]:
    """Examine the answers for ids that do not exist."""
    answer = trial.api.call("GET", f"{trial.kind.path}/{uuid.uuid4()}")
    documented = answer.object.get("status") == answer.status and "message" in answer.object
    if answer.status == 404 and documented:  # noqa: PLR2004
        yield Finding(35, "an unknown id gets the documented 404")
    else:
        body = {"HTML": "html", "no body": "empty", "JSON": "error-object"}.get(answer.form)
        settings = {"not_found_body": body} if body else {}
        seen = f"an unknown id gets {answer.status} with {answer.form}"
        is_known = answer.status in GONE and answer.form in {"JSON", "no body"}
        yield (survived if is_known else fatal)(35, seen, **settings)
    answer = trial.api.call("GET", f"{trial.kind.path}/not-an-id")
    if answer.status == 400:  # noqa: PLR2004
        yield Finding(6, "a malformed id gets 400")
    else:
        more: dict[str, Any] = {"malformed_id_status": 404} if answer.status == 404 else {}  # noqa: PLR2004
        yield survived(6, f"a malformed id gets {answer.status}", **more)


def partial_put(trial: Trial, name: str) -> Iterator[Finding]:
    """Change only the name, and examine the answer and the other fields."""
    before = trial.seen()
    trial.clock.sleep(LOOK)  # timestamps may be whole seconds
    answer = trial.put({"name": name})
    if answer.status == 400:  # noqa: PLR2004
        trial.needs_all = True
        yield survived(16, "a PUT of one field gets 400", put_requires_all=True)
        answer = trial.put({"name": name})
    if not answer.ok:
        raise Unclear(f"the PUT was answered {answer.status}")
    after = trial.seen()
    fields = trial.kind.fields.keys() - {"name"}
    reset = sorted(key for key in fields if before.get(key) != after.get(key))
    if not trial.needs_all:
        trial.resets = bool(reset)
        if reset:
            yield survived(16, f"a PUT of the name resets {', '.join(reset)}", put_resets=True)
        else:
            yield Finding(16, "a PUT leaves what it does not send")
    yield _put_answer(trial, answer, before, after)


def _put_answer(
    trial: Trial, answer: Answer, before: dict[str, Any], after: dict[str, Any]
) -> Finding:
    fields = trial.kind.fields.keys()
    given = answer.object
    if not answer.content.strip():
        return survived(33, "a PUT is answered without a body", put_answer="empty")
    if not fields <= given.keys():
        return survived(33, "a PUT is answered with part of the object", put_answer="thin")
    if all(given[key] == after.get(key) for key in fields):
        return Finding(33, "a PUT is answered with the object")
    if all(given[key] == before.get(key) for key in fields):
        return survived(33, "a PUT is answered with the object before", put_answer="stale")
    return survived(33, "a PUT is answered with other values than a GET shows")


def empty_put(trial: Trial) -> Iterator[Finding]:
    """Send a PUT without fields, and one without changes, and examine ``updated_at``."""
    before = trial.seen()
    trial.clock.sleep(LOOK * 1.5)
    same = trial.changed({"name": before["name"]})
    sent = same.get("updated_at") != before.get("updated_at")
    trial.clock.sleep(LOOK * 1.5)
    always = False
    if not trial.resets:
        answer = trial.api.call("PUT", str(trial.path), **trial.kind.encode({}))
        always = answer.ok and trial.seen().get("updated_at") != same.get("updated_at")
    bumps = "always" if always else "sent" if sent else "changed"
    what = {
        "always": "any PUT sets `updated_at`",
        "sent": "a PUT that sends a field sets `updated_at`",
        "changed": "only a change sets `updated_at`",
    }[bumps]
    yield Finding(17, what) if bumps == "sent" else survived(17, what, put_bumps=bumps)


def removed(trial: Trial) -> Iterator[Finding]:
    """Delete the object, and check whether it is gone."""
    path = str(trial.path)
    answer = trial.api.call("DELETE", path)
    then = trial.api.call("GET", path)
    if not answer.ok:
        setting = {404: "no-route", 405: "405", 501: "501"}.get(answer.status)
        settings: dict[str, Any] = {"delete": setting} if setting else {}
        yield fatal(28, f"DELETE gets {answer.status}", **settings)
        return
    what = f"DELETE gets {answer.status} with {answer.form}"
    marker = deletion_marker(then.object)
    if then.status in GONE or marker:
        trial.path = None
        yield _removed_at_once(answer, then, what, marker)
        again = trial.api.call("DELETE", path)
        yield Finding(28, f"a second DELETE gets {again.status}")
        return
    wait = _until(trial, lambda: trial.get().status in GONE)
    if wait is None:
        yield fatal(28, f"{what}, and it is still there after {_PATIENCE:g} s", delete="kept")
        return
    trial.path = None
    seen = f"{what}, and it is gone after {wait:g} s"
    yield survived(28, seen, delete="202-later", delete_delay=wait)


def _removed_at_once(answer: Answer, then: Answer, what: str, marker: str | None) -> Finding:
    if marker:
        more = {} if marker == "deleted_at" else {"delete_marker": marker}
        return survived(28, f"{what}, then a GET shows the marker {marker}", delete="soft", **more)
    if then.status == 410:  # noqa: PLR2004
        return survived(28, f"{what}, then a GET gets 410", delete="410")
    seen = f"{what}, and it is gone at once"
    if answer.status == 200:  # noqa: PLR2004
        return Finding(28, seen)
    return survived(28, seen, **({"delete": "204"} if answer.status == 204 else {}))  # noqa: PLR2004


def _until(trial: Trial, done: Callable[[], bool]) -> float | None:
    """Seconds until ``done``, 0 if it is at once; None when that takes too long."""
    begin, was_awaited = trial.clock.monotonic(), False
    while not done():
        was_awaited = True
        if trial.clock.monotonic() - begin > _PATIENCE:
            return None
        trial.clock.sleep(LOOK)
    # A first request may have waited for the quota, which is no delay of the API.
    return float(round(trial.clock.monotonic() - begin)) if was_awaited else 0.0
