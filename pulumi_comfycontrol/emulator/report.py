"""Settings of the emulator, taken from a report of comfycontrol-doctor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .state.settings import Settings


class ReportError(ValueError):
    """Report without usable settings; the text is a clause for users."""


def settings_of(path: Path) -> dict[str, Any]:
    """The settings in ``{"emulator_settings": {name: value, …}}``; raises ReportError."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(error.strerror or "the file can't be read") from None
    except ValueError:
        msg = "the file is no JSON"
        raise ReportError(msg) from None
    found = report.get("emulator_settings") if isinstance(report, dict) else None
    if not isinstance(found, dict):
        msg = "the file has no object 'emulator_settings'"
        raise ReportError(msg)
    try:
        Settings().change(found)
    except ValueError as error:
        raise ReportError(str(error).partition(";")[0]) from None
    return found
