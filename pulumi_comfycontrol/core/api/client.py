"""The API's client: a typed method for each documented request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from ..errors import BadAnswer, ResourceError
from ..types.kind import Kind
from ..types.managed_runner import ManagedRunnerInfo
from ..types.record import Answer, Record, Unusable
from ..types.stats import RunnerStats
from ..types.user import UserInfo
from ..words import NEUTRAL, Words
from .pages import PER_PAGE, Page, Pages, parse_page
from .request import Link, Request, Sending
from .responses import Accepted
from .server_clock import ServerClock

MANAGED_PATH = "/v1/managed-runner"
#: The usual markers of an object that is deleted, and kept (A28).
_DELETED_FLAGS = ("deleted", "is_deleted", "isDeleted")
_DELETED_TIMES = ("deleted_at", "deletedAt", "removed_at")
_DELETED = frozenset({"deleted", "removed"})
A = TypeVar("A", bound=Answer)


class Client:
    """Client of ComfyControl's API for one account; may be shared by threads.

    Every method raises a :class:`~pulumi_comfycontrol.core.errors.ComfyControlError`.
    """

    def __init__(self, chain: Link, server_clock: ServerClock, words: Words = NEUTRAL) -> None:
        self._chain = chain
        self._server_clock = server_clock
        #: The front-end's words for advice.
        self.words = words

    def send(self, request: Request, on_send: Callable[[], None] = lambda: None) -> Any:
        """Send any request; returns its answer as interpreted by :class:`~.responses.Interpret`.

        ``on_send`` is called right before each attempt is sent.
        """
        return self._chain.send(Sending(request, on_send))

    def user(self) -> UserInfo:
        """``GET /v1/user``: the owner of the token."""
        return self._get(UserInfo, "/v1/user")

    def create(
        self, kind: Kind, fields: Mapping[str, Any], on_send: Callable[[], None] = lambda: None
    ) -> Record:
        """``POST``: not repeated after an unknown outcome; ``on_send`` is called just before."""
        request = self._request("POST", kind.path, kind, fields)
        return _parse(kind.record, request, self.send(request, on_send))

    def get(self, kind: Kind, id_: str) -> Record:
        """``GET``: the object; raises ``NotFound`` when this account has no such id."""
        return self._get(kind.record, _path(kind.path, id_), id_)

    def look(self, kind: Kind, id_: str) -> tuple[Record, bool]:
        """``GET``: the object, and whether it bears a deletion marker (A28)."""
        request = Request("GET", _path(kind.path, id_))
        data = self.send(request)
        record = _own(_parse(kind.record, request, data), id_, request)
        return record, deletion_marker(data) is not None

    def update(self, kind: Kind, id_: str, fields: Mapping[str, Any]) -> Record:
        """``PUT``: change ``fields`` and leave the others as they are (A16)."""
        request = self._request("PUT", _path(kind.path, id_), kind, fields)
        return _own(_parse(kind.record, request, self.send(request)), id_, request)

    def delete(self, kind: Kind, id_: str) -> Accepted:
        """``DELETE``: not documented (A28), so the caller has to verify its effect."""
        request = Request("DELETE", _path(kind.path, id_))
        accepted: Accepted = self.send(request)
        return accepted

    def pages(self, kind: Kind) -> Pages:
        """Return a reader of the list of all objects; it sends nothing before its first page."""
        return Pages(self, kind.path, kind.plural, kind.readable)

    def managed_runner_pages(self) -> Pages:
        """Return such a reader for the managed runners that the account's tier sees."""
        return Pages(self, MANAGED_PATH, "runners")

    def listing(self, path: str, plural: str, number: int) -> Page:
        """``GET``: page ``number`` (1, 2, …) of a list; see :mod:`.pages`."""
        request = Request("GET", path, {"page": number, "per_page": PER_PAGE})
        data = self.send(request)
        try:
            return parse_page(data, plural)
        except ValueError as error:
            fault = f"GET {path} answered with an unusable list ({error})"
            raise BadAnswer(fault) from None

    def stats(self, id_: str) -> RunnerStats:
        """``GET``: ask a runner's machine; status 500 when it can't be reached."""
        return self._get(RunnerStats, f"{_path('/v1/runner', id_)}/stats")

    def managed_runner(self, id_: str) -> ManagedRunnerInfo:
        """``GET``: 403 for a tier that has no access to managed runners."""
        return self._get(ManagedRunnerInfo, _path(MANAGED_PATH, id_), id_)

    @property
    def clock_offset(self) -> float | None:
        """The server's clock minus ours, in seconds; None before an answer with a date."""
        return self._server_clock.offset

    def _get(self, model: type[A], path: str, id_: str | None = None) -> A:
        request = Request("GET", path)
        answer = _parse(model, request, self.send(request))
        return _own(answer, id_, request) if id_ is not None else answer

    def _request(self, method: str, path: str, kind: Kind, fields: Mapping[str, Any]) -> Request:
        return Request(method, path, body=kind.encode(fields), secrets=tuple(kind.secrets(fields)))


def _path(base: str, id_: str) -> str:
    try:
        quoted = quote(id_, safe="")
    except UnicodeEncodeError:  # a lone surrogate
        quoted = ""
    if quoted in {"", ".", ".."}:  # "." and ".." would lead to another path
        raise ResourceError(f"{id_!r} can't be an id", "correct the id")
    return f"{base}/{quoted}"


def deletion_marker(data: Mapping[str, Any]) -> str | None:
    """Return the field by which an object is marked as deleted; None for none (A28)."""
    status = data.get("status")
    if isinstance(status, str) and status in _DELETED:
        return "status"
    flags = (name for name in _DELETED_FLAGS if data.get(name) is True)
    return next(flags, next((name for name in _DELETED_TIMES if data.get(name)), None))


def _parse(model: type[A], request: Request, data: Any) -> A:
    try:
        return model.parse(data)
    except Unusable as error:
        fault = f"{request.method} {request.path} answered with unusable data ({error})"
        raise BadAnswer(fault) from None


def _own(answer: A, id_: str | None, request: Request) -> A:
    if getattr(answer, "id", id_) != id_:
        fault = f"{request.method} {request.path} answered with another object's id"
        raise BadAnswer(fault)
    return answer
