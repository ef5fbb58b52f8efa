"""The session of the provider process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..frontend.session import Session
from .host import engine_address

if TYPE_CHECKING:
    from ..core.config import Settings

_lock = threading.Lock()
_session: Session | None = None


def process_session(configuration: Callable[[str], str | None]) -> Session:
    """Return the session that all kinds share: a provider process has one configuration."""
    global _session  # noqa: PLW0603 - the host makes the instances, so there is no other place
    with _lock:
        if _session is None:
            _session = Session(partial(_settings, configuration), engine_address())
            _session.end_with_engine()
        return _session


def _settings(configuration: Callable[[str], str | None]) -> Settings:
    from ..core.config import load_settings
    from ..frontend.words import PULUMI

    return load_settings(configuration, words=PULUMI)
