"""The owner of a token; looked up, never managed."""

from __future__ import annotations

from dataclasses import dataclass

from .record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo(Record):
    """The owner of the token [docs: user/get]; ``tier`` is free, pro, plus or enterprise.

    ``provider`` is how the user signs in (github, google); the documentation's own example lacks
    it.
    """

    name: str = ""
    """The user's name."""
    email: str = ""
    """The user's address for mail."""
    tier: str = ""
    """free, pro, plus or enterprise."""
    provider: str = ""
    """The service by which the user signs in: github or google."""
    deleted: bool = False
    """Whether the account is marked for deletion."""
