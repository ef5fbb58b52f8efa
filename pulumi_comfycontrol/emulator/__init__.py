"""A local ComfyControl: the documented API, with a switch for each thing the documents leave open.

It imports nothing from the rest of the package, so that what it accepts and what the provider
sends are two readings of the documentation that check each other.

How the parts relate::

    Emulator    serves a state on a port, in this process      __main__    the same from a shell
    http/       server, checks before and after each route (gate), operations under /v1
    control/    the control API under /emulator, OpenAPI, and the pages that use both (site/)
    state/      accounts and objects in SQLite, rules, settings, faults, limit, clock; knows no HTTP
                kinds.KINDS is the registry that all of these walk: a new kind is one file there
"""

from __future__ import annotations

from .emulator import Emulator
from .state.faults import Fault

__all__ = ["Emulator", "Fault"]
