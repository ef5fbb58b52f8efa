"""The finding of an experiment on one assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .assumptions import assumption


class Verdict(Enum):
    """Verdict on the assumption; the value is shown."""

    ASSUMED = "as assumed"
    SURVIVED = "otherwise, and no problem"
    FATAL = "otherwise, and a problem"
    UNCLEAR = "not found out"
    UNSEEN = "not looked for"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation; ``settings`` make the emulator imitate it."""

    number: int
    seen: str
    verdict: Verdict = Verdict.ASSUMED
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Label of the observed kind of object, or "API".
    subject: str = "API"

    @property
    def then(self) -> str:
        """The provider's behaviour in that case."""
        row = assumption(self.number)
        return row.fatal if self.verdict is Verdict.FATAL else row.does

    def as_json(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "assumption": f"A{self.number}",
            "question": assumption(self.number).question,
            "subject": self.subject,
            "seen": self.seen,
            "verdict": self.verdict.name.lower(),
            "provider": self.then,
        }


def survived(number: int, seen: str, **settings: Any) -> Finding:
    """Return a finding that differs from the assumption, and that the provider copes with."""
    return Finding(number, seen, Verdict.SURVIVED, settings)


def fatal(number: int, seen: str, **settings: Any) -> Finding:
    """Return a finding that the provider can't cope with."""
    return Finding(number, seen, Verdict.FATAL, settings)


def unclear(number: int, why: str) -> Finding:
    """Return a finding without a result."""
    return Finding(number, why, Verdict.UNCLEAR)


def unseen(number: int, why: str) -> Finding:
    """Return the row of an assumption that no experiment was made for."""
    return Finding(number, why, Verdict.UNSEEN)
