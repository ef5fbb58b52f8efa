"""The state folder: place of files that outlive a process; none of them holds a secret."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

#: A path under /dev/null: creating it fails, and the caller reports the consequence.
_NOWHERE = Path(os.devnull) / "no-home-folder"


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return ``COMFYCONTROL_STATE_DIR``, or the user's folder for state on this system.

    The folder may not exist yet, and may not be writable. Raises nothing: for a user without a
    home, as in a container with an arbitrary user id, it is a folder that can't be created.
    """
    chosen = environ.get("COMFYCONTROL_STATE_DIR")
    if chosen:
        return Path(chosen)
    with suppress(RuntimeError):
        folder = user_state_path("pulumi-comfycontrol", appauthor=False)
        if folder.is_absolute():
            return folder
    return _NOWHERE
