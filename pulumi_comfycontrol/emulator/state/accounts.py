"""Accounts, their tiers and their tokens [docs: api/authentication, user/get]."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from .database import Database
from .errors import Unauthorized
from .switch import Tier


@dataclass(frozen=True)
class Account:
    """An account of ComfyControl; ``tier`` None is the tier of the settings."""

    id: str
    tier: Tier | None


def account_of(token: str) -> str:
    """The id of the account that a token without a named account opens.

    It is the same at each start, so that a restarted emulator finds an account's objects again;
    its form is that of all ids (A6).
    """
    return str(uuid.UUID(bytes=hashlib.sha256(token.encode()).digest()[:16], version=4))


class Accounts:
    """All accounts and tokens; a token opens one account, an account may have several tokens."""

    def __init__(self, database: Database, tokens: tuple[str, ...]) -> None:
        self._database = database
        self._first_tokens = tokens
        for token in tokens:
            if self._find(token) is None:
                self.add_token(token)

    @property
    def first_token(self) -> str:
        """The first token that the emulator was started with."""
        return self._first_tokens[0]

    @property
    def first(self) -> str:
        """The id of the account of the first token that the emulator was started with."""
        [(account,)] = self._database.run(
            "SELECT account FROM token WHERE token = ?", self._first_tokens[0]
        ) or [("",)]
        return str(account)

    def reset(self) -> None:
        """Accept only the tokens of the start, each for its account."""
        with self._database.lock:
            for token in self._first_tokens:
                self.add_token(token)
            marks = ", ".join("?" * len(self._first_tokens))
            self._database.run(
                f"DELETE FROM token WHERE token NOT IN ({marks})",  # noqa: S608 - only marks
                *self._first_tokens,
            )
            self._database.run("UPDATE account SET tier = NULL")

    def open(self, token: str | None) -> Account:
        """The account that a token opens; raises Unauthorized for an unknown or an expired one."""
        found = self._find(token) if token else None
        if found is None:
            raise Unauthorized("Invalid token")
        if found[2]:
            raise Unauthorized("Token has expired")
        return Account(found[0], found[1])

    def add_token(self, token: str, account: str | None = None, tier: str | None = None) -> str:
        """Accept a token, for the account or for one of its own; returns the account's id."""
        with self._database.lock:
            found = self._find(token)
            account = account or (found[0] if found else account_of(token))
            self._database.run("INSERT OR IGNORE INTO account (id) VALUES (?)", account)
            if tier:
                self._database.run("UPDATE account SET tier = ? WHERE id = ?", tier, account)
            self._database.run(
                "INSERT OR REPLACE INTO token (token, account) VALUES (?, ?)", token, account
            )
        return account

    def expire_token(self, token: str) -> None:
        """Reject a token from now on as expired."""
        self._database.run("UPDATE token SET expired = 1 WHERE token = ?", token)

    def revoke_token(self, token: str) -> None:
        """Reject a token from now on as unknown."""
        self._database.run("DELETE FROM token WHERE token = ?", token)

    def _find(self, token: str | None) -> tuple[str, Tier | None, bool] | None:
        found = self._database.run(
            "SELECT account.id, tier, expired FROM token JOIN account ON account.id = account"
            " WHERE token = ?",
            token,
        )
        return (found[0][0], found[0][1], bool(found[0][2])) if found else None
