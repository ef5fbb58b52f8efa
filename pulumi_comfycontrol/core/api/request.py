"""A request and its reply, and a request's way through the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..quota.permit import Permit
from .budget import Budget, budget


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the API, without its host and token."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    #: ``json=`` or ``files=`` of ``requests``; never shown, it may hold secrets.
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Values that no text about this request may show.
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice is the same as once.

        PUT carries whole values and DELETE ends in the same state, so only POST is not.
        """
        return self.method != "POST"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; the names of ``headers`` have no case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """Return what the body means; raises ValueError when it is not JSON, or too deep."""
        try:
            return json.loads(self.content)
        except RecursionError:
            msg = "nested too deeply"
            raise ValueError(msg) from None


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Sending:
    """A request on its way through the chain, and what the links tell each other about it."""

    request: Request
    #: Runs right before each time that the request leaves.
    on_send: Callable[[], None] = _nothing
    #: The operation's time that failures may use up.
    budget: Budget = field(default_factory=budget)
    #: Seconds of cool-downs that the next permit may wait for; None for any number.
    patience: float | None = None
    #: The permit of the attempt before, if a 429 rejected it: it keeps its place in the line.
    rejected: Permit | None = None


class Link(Protocol):
    """A link of the chain that ends in data; raises a :class:`ComfyControlError`."""

    def send(self, sending: Sending) -> Any:
        """Return the decoded JSON of the answer."""


class Exchange(Protocol):
    """A link of the chain's lower part, which ends in a reply, whatever its status."""

    def send(self, sending: Sending) -> Reply:
        """Return the reply; raises a :class:`ComfyControlError` where none came."""
