"""A request's permission to leave, which holds one slot of the quota."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Issuer(Protocol):
    """The line that gave a permit."""

    def release(self, number: int) -> None:
        """Let the slot be free again one window from now."""

    def reject(self, number: int, seconds: float) -> None:
        """Keep the request's place, and close the line."""


class Permit(NamedTuple):
    """Permission for one request.

    ``closed`` is how many seconds of its wait were cool-downs.
    """

    issuer: Issuer
    number: int
    closed: float

    def release(self) -> None:
        """Say that the request has its answer, or will get none."""
        self.issuer.release(self.number)

    def reject(self, seconds: float) -> None:
        """Say that a 429 came: nobody sends for ``seconds``, and then fewer at once for a while.

        The API has not counted the request, which keeps its place in the line when it is sent
        again with this permit as ``rejected``.
        """
        self.issuer.reject(self.number, seconds)
