"""Times in answers: ISO 8601 in UTC [docs: api], or seconds or milliseconds since 1970 (A5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

#: More seconds than until the year 5138, so that a larger number has milliseconds.
_MILLISECONDS = 1e11


def seconds(value: Any) -> float | None:
    """Seconds since 1970 of an answer's time; None for what is no time."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _iso(value)
    return number / 1000 if abs(number) > _MILLISECONDS else number


def _iso(value: Any) -> float | None:
    try:
        time = datetime.fromisoformat(value)
        # Also where a time does not say so, it is UTC.
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
