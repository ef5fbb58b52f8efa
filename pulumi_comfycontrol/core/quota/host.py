"""The quota of this host: a line in a SQLite file for each API."""

from __future__ import annotations

import hashlib
import platform
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from ..clock import SYSTEM_CLOCK, Clock
from ..progress import listener
from ..storage.database import Rows
from ..storage.sqlite import SqliteDatabase, delete_database
from ..storage.state_folder import state_folder
from .line import SCHEMA, Line
from .quota import Quota
from .window import MARGIN, Pace

#: Files of earlier boots are deleted after this many seconds.
_OLD = 7 * 86_400.0
#: Version of the tables: releases with different versions count requests separately.
_SHAPE = 3
_PORTS = {"http": 80, "https": 443}

_quotas: dict[tuple[Path, int, float, bool], Quota] = {}
_lock = threading.Lock()


def host_quota(
    api_url: str,
    limit: int = 40,
    window: float = 10.0,
    clock: Clock = SYSTEM_CLOCK,
    folder: Path | None = None,
    *,
    apart: bool = False,
) -> Quota:
    """Return the quota that all processes of this user on this host share for one API.

    ``limit`` requests in ``window`` seconds are this host's share of the address's limit; all its
    processes should be given the same. ``folder`` is by default the state folder; ``apart`` asks
    for a line separate from the host's usual one.
    """
    path = quota_path(folder or state_folder(), api_url, apart=apart)
    with _lock:
        key = (path, limit, window, apart)
        if key not in _quotas:
            _quotas[key] = file_quota(path, limit, window, clock)
        return _quotas[key]


def file_quota(
    path: Path | None, limit: int = 40, window: float = 10.0, clock: Clock = SYSTEM_CLOCK
) -> Quota:
    """Return a quota whose line is in the file at ``path``, for None in memory.

    When the file fails, a warning is shown, and the line goes on in memory after one window: by
    then, the requests that only the file has on record no longer count.
    """
    line = Line("", Pace(limit, window + MARGIN))

    def close(rows: Rows) -> None:
        line.close(rows, rows.now + window + MARGIN)

    if path is not None:
        with suppress(OSError):
            _delete_old(path)
    database = SqliteDatabase(
        path,
        SCHEMA,
        clock.monotonic,
        lambda error: _warn(path, error),
        first_in_memory=close,
        disposable=True,
    )
    return Quota(database, "", limit, window, clock)


def api_of(url: str) -> str:
    """Return scheme, host and port of an API: the same for every spelling of its URL."""
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"


def quota_path(folder: Path, api_url: str, *, apart: bool = False) -> Path:
    """Return the file for one API and one boot of this host.

    Monotonic times have no meaning after a reboot, nor on another host that shares the folder over
    a network.
    """
    what = f"{_hash(api_of(api_url))}-{_hash(_boot())}"
    return folder / "quota" / f"{what}{'-apart' if apart else ''}-{_SHAPE}.sqlite3"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:  # not Linux: times from before a reboot are recognised by being in the future
        return platform.node()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _delete_old(path: Path) -> None:
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*.sqlite3"):
        with suppress(OSError):
            if other != path and other.stat().st_mtime < time.time() - _OLD:
                delete_database(other)


def _warn(path: Path | None, error: Exception) -> None:
    listener().warning(
        f"The file {path} that counts requests can't be used ({error}), so this process does not"
        " know of other processes' requests and may exceed the API's quota together with them;"
        " set COMFYCONTROL_STATE_DIR to a local folder that can be written to."
    )
