"""The registry of kinds of objects, each a collection of the emulator.

Routes, control API, resets, schemas, the page and :class:`~..emulator.Emulator` walk it.
"""

from __future__ import annotations

from .collection import Collection
from .managed import ManagedRunners
from .runners import Runners
from .templates import Templates

#: Collection classes, by their names in the control API.
KINDS: dict[str, type[Collection]] = {
    "runners": Runners,
    "templates": Templates,
    "managed-runners": ManagedRunners,
}
