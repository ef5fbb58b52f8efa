"""The placeholder for a value that is not known during a preview."""

from __future__ import annotations

from typing import Any


class Unknown:
    """Placeholder for a value that is not known before another resource is created."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


def is_known(value: Any) -> bool:
    """Whether ``value`` contains no unknown at any depth."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, list):
        return all(map(is_known, value))
    return not isinstance(value, Unknown)
