"""The doctor's report, as text for a terminal and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .assumptions import ASSUMPTIONS
from .checks import Check, State
from .finding import Finding, Verdict, unseen

_WIDTH = 100
_INDENT = 2


@dataclass(slots=True)
class Report:
    """Checks and findings; no value in it is secret."""

    checks: list[Check] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)

    @property
    def account_works(self) -> bool:
        """Whether the API knows the token."""
        return any(one.name == "account" and one.state is State.FINE for one in self.checks)

    @property
    def has_faults(self) -> bool:
        """Whether a check or an experiment has found a fault."""
        return bool(self.left_behind) or any(one.state is State.FAULT for one in self.checks)

    @property
    def emulator_settings(self) -> dict[str, Any]:
        """Settings with which the emulator imitates the findings."""
        return {name: value for one in self.findings for name, value in one.settings.items()}

    def as_json(self) -> dict[str, Any]:
        """Return plain data; ``emulator_settings`` is for the emulator's option ``--like``."""
        return {
            "checks": [
                {"name": one.name, "state": one.state.name.lower(), "sentence": one.sentence}
                for one in self.checks
            ],
            "findings": [one.as_json() for one in complete(self.findings)],
            "emulator_settings": self.emulator_settings,
            "left_behind": self.left_behind,
        }


def line(check: Check) -> str:
    """Return the line of a check."""
    return _wrapped(check.sentence, f"{check.state.value}  {check.name:<13}")


def complete(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings in the order of their numbers, and a reason where there is none."""
    seen = {one.number for one in findings}
    missing = [
        unseen(row.number, row.unseen or "the run ended before")
        for row in ASSUMPTIONS
        if findings and row.number not in seen
    ]
    return sorted([*findings, *missing], key=lambda one: one.number)


def table(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines of the table: assumption, observation, the provider's behaviour."""
    rows = complete(findings)
    for row in ASSUMPTIONS:
        own = [one for one in rows if one.number == row.number]
        if own:
            yield f"{row.name}: {row.question}"
            yield from _filled(_seen(own), "")
            yield from _filled(dict.fromkeys(one.then for one in own), "then: ")


def _seen(findings: Iterable[Finding]) -> list[str]:
    texts: dict[str, list[str]] = {}
    for one in findings:
        if one.verdict is Verdict.UNSEEN:
            texts[f"{one.verdict.value}: {one.seen}"] = []
        else:
            texts.setdefault(f"{one.seen} ({one.verdict.value})", []).append(one.subject)
    return [
        f"seen: {' and '.join(dict.fromkeys(who))}: {text}" if who else text
        for text, who in texts.items()
    ]


def _filled(texts: Iterable[str], head: str) -> Iterator[str]:
    for text in texts:
        yield _wrapped(text, f"{' ' * _INDENT}{head}")


def _wrapped(text: str, head: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
