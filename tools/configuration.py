"""Generator of docs/configuration.md, from the settings' table: ``python -m tools.configuration``.

A test compares the page with this module's output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pulumi_comfycontrol.core.config import SETTINGS, Setting
from pulumi_comfycontrol.core.setting_values import DEFAULT_URL

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
_INTRODUCTION = f"""\
# Configuration

<!-- Written by `python -m tools.configuration`; change pulumi_comfycontrol/core/config.py. -->

Each setting comes from an environment variable or from the stack config
(`pulumi config set comfycontrol:apiUrl …`). The environment wins, because it is read live:
`pulumi refresh` and `pulumi destroy` are given the stack config of the last `pulumi up`, so that a
rotated token would not reach them. An explicit [provider](accounts.md)'s own arguments win over
both. `comfycontrol-import` reads the environment only, `comfycontrol-doctor` also a stack's
configuration (`--stack`).

A URL that ends in `/v1`, as {DEFAULT_URL}/v1, is used
without that part; one with another path is refused. A quota above 40/10 is
refused for an API on https, because the live one answers more with 429.
"""
_MORE = """
Two variables are not in the table: `COMFYCONTROL_STATE_DIR` is the folder for the journal of
creates and the quota's line, and `COMFYCONTROL_ALLOW_HTTP=1` allows an API without TLS on another
machine, which then sees the token.
"""


def page() -> str:
    """Return the page's text."""
    return f"{_INTRODUCTION}\n{table()}{_MORE}"


def table() -> str:
    """Return the settings as a table."""
    head = ("environment", "stack config", "meaning", "default")
    rows = [head, tuple("---" for _ in head)]
    rows += [
        (f"`{row.variable}`", _key(row), row.sentence, _default(row.default)) for row in SETTINGS
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _key(row: Setting) -> str:
    secret = " (secret)" if row.secret else ""
    return f"`comfycontrol:{row.key}`{secret}" if row.key else "none: it is a machine's own"


def _default(value: Any) -> str:
    if value in (None, ""):
        return "none"
    if isinstance(value, tuple):
        return f"`{'/'.join(f'{part:g}' for part in value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
