"""One call of the engine, in the terms that both front-ends know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the engine for one resource; every part of it may be unknown."""

    #: The resource's URN, or "".
    urn: str = ""
    #: Returns whether the engine still waits for the answer; None where that can't be known.
    is_awaited: Callable[[], bool] | None = None
    #: The top-level properties that the option ``ignoreChanges`` names.
    ignored_fields: frozenset[str] = frozenset()
    #: The operation's timeout in ``customTimeouts``, in seconds; 0 for none.
    timeout: float = 0.0

    @property
    def quoted_resource(self) -> str:
        """The resource's name in the program as a part of a sentence, or nothing."""
        name = self.urn.rpartition("::")[2]
        return f" '{name}'" if name else ""


def top_level_names(paths: Iterable[str]) -> frozenset[str]:
    """Return the property that each of Pulumi's property paths lies in (``tags[0]``: tags)."""
    return frozenset(re.split(r"[.\[]", path.strip('["'), maxsplit=1)[0] for path in paths)
