"""A permit: the permission to send one request, which holds one slot of the quota."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Issuer(Protocol):
    """The line that issued a permit."""

    def release(self, number: int) -> None:
        """Free the slot one window from now."""

    def reject(self, number: int, seconds: float) -> None:
        """Keep the request's place, and close the line."""


class Permit(NamedTuple):
    """Permission for one request.

    ``closed`` is the part of its wait due to cool-downs, in seconds.
    """

    issuer: Issuer
    number: int
    closed: float

    def release(self) -> None:
        """Report that the request was answered, or failed without an answer."""
        self.issuer.release(self.number)

    def reject(self, seconds: float) -> None:
        """Report a 429: nothing is sent for ``seconds``, and then less at once for a while.

        The API has not counted the request, which keeps its place in the line when it is sent
        again with this permit as ``rejected``.
        """
        self.issuer.reject(self.number, seconds)
