"""The program for which this process works, and whether it still runs.

It is named by the address on which it listens ("127.0.0.1:4711"), or else by a process id
("4711"). The parent's id alone would not do: between the two there may be a shell that outlives
the program, as Pulumi's own launcher of Python providers is.
"""

from __future__ import annotations

import os
import socket
import sys

#: Seconds; both ends are on one machine.
_CONNECT = 2.0


def supervisor(address: str) -> str:
    """Name this process's supervisor; ``address`` is "" or of no use where it is not known."""
    return address if _listens(address) else str(os.getppid())


def runs(name: str) -> bool:
    """Whether the supervisor of that name still runs."""
    if ":" in name:
        return _listens(name)
    return os.getppid() == int(name) or _exists(int(name))


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        return False
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT):
            return True
    except TimeoutError:
        return True  # too busy to answer, but there
    except (OSError, OverflowError):
        return False


def _exists(process: int) -> bool:
    if sys.platform == "win32":
        return True  # os.kill would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
