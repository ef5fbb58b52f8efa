"""The supervisor (Pulumi's engine, or the parent process), and whether it still runs.

It is identified by the address on which it listens ("127.0.0.1:4711"), or else by a process id
("4711"). The parent's id alone is not enough: the parent may be a shell that outlives the
program, such as Pulumi's own launcher of Python providers.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

#: Seconds; both ends are on one machine.
_CONNECT = 2.0
#: Failures of this process, which say nothing of the other one: no more files, no more memory.
_OUR_OWN = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def supervisor(address: str) -> str:
    """Return the name of this process's supervisor: ``address`` if it answers, else the parent."""
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
        return True  # too busy to answer, but running
    except OverflowError:  # no port
        return False
    except OSError as error:
        return error.errno in _OUR_OWN


def _exists(process: int) -> bool:
    if sys.platform == "win32":
        return True  # os.kill would end the process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
