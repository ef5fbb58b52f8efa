"""A create attempt, from right before its POST until its engine's state has the object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """State of an attempt; docs/design/create-once.md has the transitions."""

    #: A POST was sent, or is about to be.
    SENT = "sent"
    #: The process stopped waiting without an answer: whether the object exists is unknown.
    UNKNOWN = "unknown"
    #: The API answered with the object's id.
    ANSWERED = "answered"
    #: The engine received the id, and ended regularly.
    DELIVERED = "delivered"
    #: A later call has shown that the engine's state has the id, or had it until the deletion.
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt on record, as seen by the process that reads it."""

    number: int
    fingerprint: str
    #: Time of its latest POST by this machine's clock, in seconds since the Unix epoch.
    started: float
    #: None before the API's answer is known.
    object_id: str | None
    state: State
    #: Whether a living process may still be working on it.
    under_way: bool
    #: Whether an engine that still runs has received the id, or will.
    held: bool
    #: Whether it belongs to the reader's own resource, and not to another one of its stack.
    own: bool
    #: Whether it used the present token; another token may belong to another account.
    same_token: bool
