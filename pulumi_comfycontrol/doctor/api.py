"""The doctor's client, which returns answers without interpretation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.api.body import Form, form_of
from ..core.api.pages import PER_PAGE, Page, Pages, parse_page
from ..core.api.request import Link, Reply, Request, Sending
from ..core.clock import Clock
from ..core.errors import ComfyControlError
from ..core.types.kind import Kind

#: Seconds of the cool-down after a 429 [docs: api/authentication].
_COOL_DOWN = 10.5
_TRIES = 3
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer(Reply):
    """A reply, with what the experiments ask of it."""

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def data(self) -> Any:
        """The decoded body; None where it is not JSON."""
        try:
            return self.json()
        except ValueError:
            return None

    @property
    def object(self) -> dict[str, Any]:
        """The body where it is a JSON object, an empty one otherwise."""
        data = self.data
        return data if isinstance(data, dict) else {}

    @property
    def form(self) -> str:
        """The form of the body in a few words."""
        words = {Form.EMPTY: "no body", Form.HTML: "HTML", Form.OTHER: "a body that is not JSON"}
        return words.get(form_of(self), "JSON")


class Unclear(Exception):
    """Experiment without a result; the text is the reason."""


class Api:
    """Client that sends one request after the other, within the quota."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request, again after a 429, and also after a 5xx where that is safe.

        ``options`` are ``query=``, or ``json=`` or ``files=`` of ``requests``. Raises
        :class:`Unclear` where no answer comes.
        """
        query = options.pop("query", {})
        request = Request(method, path, query, options)
        answer = self._once(request)
        for _ in range(_TRIES - 1):
            if answer.status == _TOO_MANY:
                self._clock.sleep(_COOL_DOWN)
            elif answer.status >= _SERVER_ERROR and answer.status != 501 and request.repeatable:  # noqa: PLR2004
                self._clock.sleep(1)
            else:
                break
            answer = self._once(request)
        return answer

    def listing(self, path: str, plural: str, number: int) -> Page:
        """Return a page of a list; raises :class:`Unclear` for an unusable one."""
        answer = self.call("GET", path, query={"page": number, "per_page": PER_PAGE})
        try:
            return parse_page(answer.data, plural)
        except ValueError as error:
            raise Unclear(f"the list can't be read: {error}") from None

    def pages(self, kind: Kind) -> Pages:
        """Return a reader of the list of all objects; it sends nothing before its first page."""
        return Pages(self, kind.path, kind.plural)

    def _once(self, request: Request) -> Answer:
        try:
            reply: Reply = self._link.send(Sending(request))
        except ComfyControlError as error:
            raise Unclear(error.fault) from None
        return Answer(reply.status, reply.headers, reply.content)
