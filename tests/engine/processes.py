"""The processes that engines start, found by the environment that they were given.

A process whose parent was killed has no parent of ours any more, but keeps its environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

#: The modules that a provider process runs: of the dynamic front-end, and of the plugin.
_MODULES = frozenset({"pulumi.dynamic", "pulumi_comfycontrol.plugin"})


def providers(home: Path) -> list[int]:
    """The living provider processes of all engines whose files are below ``home``."""
    return _find(home, lambda command: not _MODULES.isdisjoint(command))


def engines(home: Path) -> list[int]:
    """The living engines whose files are below ``home``."""
    return _find(home, lambda command: Path(command[0]).name == "pulumi")


def _find(home: Path, fits: Callable[[list[str]], bool]) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            if not fits(command):
                continue
            environ = (folder / "environ").read_bytes()  # empty when the process has ended
        except OSError:
            continue
        if b"PULUMI_HOME=" + os.fsencode(home) + b"/" in environ:
            found.append(int(folder.name))
    return found
