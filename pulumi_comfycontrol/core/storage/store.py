"""The stores of this process, one for each URL."""

from __future__ import annotations

import atexit
import threading

from ..secret import Secret
from .postgres import PostgresDatabase

_stores: dict[Secret, PostgresDatabase] = {}
_lock = threading.Lock()


def store_for(url: Secret) -> PostgresDatabase:
    """Return the store at ``url``, which the journal and the quota of a process share."""
    with _lock:
        if url not in _stores:
            _stores[url] = PostgresDatabase(url)
            # Before the interpreter ends: the server frees a closed connection's locks at once.
            atexit.register(_stores[url].close)
        return _stores[url]
