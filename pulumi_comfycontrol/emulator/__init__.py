"""A local ComfyControl: the documented API, with a switch for each thing the documents leave open.

It imports nothing from the rest of the package, so that what it accepts and what the provider
sends are two readings of the documentation that check each other.

How the parts relate::

    emulator   serves a state on a port, in this process      __main__   the same from a shell
    server     HTTP/1.1 with connections kept open
    app        gate (hosts, recorder, limit, faults, token)  ->  api (/v1)
               control (/emulator)   pages, openapi (for people)
    state      runners, templates, managed  ->  objects, accounts  ->  database (SQLite)
               settings, clock, limit, faults, recorder
"""

from __future__ import annotations

from .emulator import Emulator
from .state.faults import Fault

__all__ = ["Emulator", "Fault"]
