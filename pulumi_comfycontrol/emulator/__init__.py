"""A local ComfyControl: the documented API with an undocumented world's switches.

It imports nothing from the rest of the package, so that what it accepts and what the provider
sends are two readings of the documentation that check each other.
"""

from __future__ import annotations

from .server import Emulator

__all__ = ["Emulator"]
