"""Times in answers: ISO 8601 in UTC [docs: api], or seconds or milliseconds since 1970 (A5).

Headers have a form of their own.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

#: The year 5138 in seconds: a larger number is in milliseconds.
_MILLISECONDS = 1e11


def seconds(value: Any) -> float | None:
    """Return an answer's time in seconds since 1970; None for an invalid one."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return _iso(value)
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        return None
    return number / 1000 if abs(number) > _MILLISECONDS else number


def http_date(text: str) -> float | None:
    """Return the time of a header such as ``Date`` in seconds since 1970; None for an invalid one.

    RFC 9110, 5.6.7.
    """
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _iso(value: Any) -> float | None:
    try:
        time = datetime.fromisoformat(value)
        # A time without a zone is UTC too.
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
