"""Where files that outlive a process are kept; none of them holds a secret."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_state_path


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return ``COMFYCONTROL_STATE_DIR``, or the user's folder for state on this system.

    The folder may not exist yet, and may not be writable. Raises nothing.
    """
    chosen = environ.get("COMFYCONTROL_STATE_DIR")
    return Path(chosen) if chosen else user_state_path("pulumi-comfycontrol", appauthor=False)
