"""The interface of a database for the journal and the quota.

SQLite and PostgreSQL run the same statements: with ``?`` for a value, the types BIGINT, DOUBLE
PRECISION and TEXT, and no clause that only one of them supports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
#: A statement and its values.
Statement = tuple[str, Sequence[Any]]


class StorageError(Exception):
    """Failure of a database that is not this process's own.

    ``fault`` is a clause with the failure, without any secret, and ``advice`` one with the next
    step. A ``lasting`` failure does not end by waiting: a wrong password, a read-only replica.
    """

    def __init__(self, fault: str, advice: str, *, lasting: bool = False) -> None:
        self.fault = fault
        self.advice = advice
        self.lasting = lasting
        super().__init__(f"{fault}; {advice}")


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables of one purpose; each of ``steps`` is a list of statements that leads to a version."""

    name: str
    steps: tuple[tuple[str, ...], ...]

    @property
    def version(self) -> int:
        """The version that this release works with."""
        return len(self.steps)


class Rows(Protocol):
    """A transaction under way."""

    @property
    def now(self) -> float:
        """Seconds by the database's clock, when the transaction began."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and return its rows, none for a statement that has no result."""

    def execute_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run several statements in one round trip, and return the rows of each."""


class Database(Protocol):
    """Tables that outlive a process; may be shared by threads."""

    def transact(self, work: Callable[[Rows], T], lock: str = "") -> T:
        """Run ``work`` as one transaction; those with the same ``lock`` exclude each other.

        ``work`` is run again after a transaction that failed half-way. Raises
        :class:`StorageError`.
        """
