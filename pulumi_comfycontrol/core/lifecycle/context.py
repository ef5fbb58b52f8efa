"""The services that the parts of one kind's lifecycle share."""

from __future__ import annotations

from dataclasses import dataclass

from ..api.client import Client
from ..clock import Clock
from ..journal.journal import Journal
from ..types.kind import Kind
from .managed import Managed


@dataclass(frozen=True, slots=True)
class Context:
    """One kind of object of one account, with what is known of its objects; shared by threads."""

    client: Client
    kind: Kind
    journal: Journal
    managed: Managed
    clock: Clock


class Part:
    """A part of one kind's lifecycle, with the services as its own attributes."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._kind = context.kind
        self._journal = context.journal
        self._managed = context.managed
        self._clock = context.clock
