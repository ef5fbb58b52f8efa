"""Where files that outlive a process are kept; none of them holds a secret."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

#: Nothing can be made below it, so that whoever wants to says what that means.
_NOWHERE = Path(os.devnull) / "no-home-folder"


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return ``COMFYCONTROL_STATE_DIR``, or the user's folder for state on this system.

    The folder may not exist yet, and may not be writable. Raises nothing: where the user has no
    home, as in a container with a made-up user id, it is one that can't be made.
    """
    chosen = environ.get("COMFYCONTROL_STATE_DIR")
    if chosen:
        return Path(chosen)
    with suppress(RuntimeError):
        folder = user_state_path("pulumi-comfycontrol", appauthor=False)
        if folder.is_absolute():
            return folder
    return _NOWHERE
