"""One create, from right before its POST until its engine has shown to know the object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far an attempt is known to have come; docs/create-once.md has the transitions."""

    #: A POST has left, or is about to.
    SENT = "sent"
    #: Its process has given up on it without an answer.
    UNKNOWN = "unknown"
    #: The API has answered with the object's id.
    ANSWERED = "answered"
    #: The engine got the id from its call, and ended in peace.
    DELIVERED = "delivered"
    #: The engine has shown to have the id in its state, or had it until it deleted the object.
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One create, as a process sees it that asks for it."""

    number: int
    fingerprint: str
    #: When its POST last left, by this machine's clock, in seconds since the Unix epoch.
    started: float
    #: None until known.
    object_id: str | None
    state: State
    #: Whether a living process may still be working on it.
    under_way: bool
    #: Whether a living engine has the id, or will be given it.
    held: bool
    #: Whether it was made for the very owner that asks, and not for a relative.
    own: bool
    #: Whether it was made with the token in use: another one may belong to another account.
    same_token: bool
