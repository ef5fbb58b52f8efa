"""The registry of kinds: what the emulator has collections of.

Routes, control API, resets, schemas, the page and :class:`~..emulator.Emulator` walk it.
"""

from __future__ import annotations

from .collection import Collection
from .managed import ManagedRunners
from .runners import Runners
from .templates import Templates

#: By the names that the control API has for them.
KINDS: dict[str, type[Collection]] = {
    "runners": Runners,
    "templates": Templates,
    "managed-runners": ManagedRunners,
}
