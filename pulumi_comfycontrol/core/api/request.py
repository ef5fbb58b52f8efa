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
        """Whether the request is idempotent, so that it may be sent twice.

        Only POST is not: PUT carries whole values, and DELETE ends in the same state.
        """
        return self.method != "POST"

    @property
    def is_about_one(self) -> bool:
        """Whether the path names an object, as in ``/v1/runner/{id}``."""
        return self.path.count("/") > 2  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; the names of ``headers`` have no case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the decoded body; raises ValueError when it is not JSON, or nested too deeply."""
        try:
            return json.loads(self.content)
        except RecursionError:
            msg = "nested too deeply"
            raise ValueError(msg) from None


@dataclass(slots=True)
class Sending:
    """A request on its way through the chain, with the data that the links share about it."""

    request: Request
    #: Called right before each attempt is sent.
    on_send: Callable[[], None] = lambda: None
    #: The operation's time budget for failures.
    budget: Budget = field(default_factory=budget)
    #: The longest wait for the next permit because of cool-downs, in seconds; None for any.
    patience: float | None = None
    #: The previous attempt's permit, if a 429 rejected it: the request keeps its place in the line.
    rejected: Permit | None = None


class Link(Protocol):
    """A link of the chain's upper part: returns data, or raises a :class:`ComfyControlError`."""

    def send(self, sending: Sending) -> Any:
        """Return the decoded JSON of the answer."""


class Exchange(Protocol):
    """A link of the chain's lower part, which returns a reply, whatever its status."""

    def send(self, sending: Sending) -> Reply:
        """Return the reply; raises a :class:`ComfyControlError` where none came."""
