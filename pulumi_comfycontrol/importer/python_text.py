"""Generated Python source, formatted as by ruff: 88 columns, double quotes."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Sequence

COLUMNS = 88
_INDENT = "    "


def call(function: str, arguments: Sequence[str], target: str) -> str:
    """Return an assignment of a call that has one argument a line."""
    lines = "".join(f"{_INDENT}{argument},\n" for argument in arguments)
    return f"{target} = {function}(\n{lines})\n"


def keyword_argument(name: str, before: str, items: Sequence[str], after: str) -> str:
    """Return ``name=before items after`` as an argument of a call, in several lines if need be.

    ``before`` ends with a bracket that ``after`` closes.
    """
    line = f"{name}={before}{', '.join(items)}{after}"
    # Characters beyond ASCII may be wider than one column.
    if line.isascii() and len(f"{_INDENT}{line},") <= COLUMNS:
        return line
    lines = "".join(f"{_INDENT * 2}{item},\n" for item in items)
    return f"{name}={before}\n{lines}{_INDENT}{after}"


def string(value: str) -> str:
    """Return a literal, in the quotes that need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_character(char, quote) for char in value) + quote


def variable(name: str, label: str, taken: Collection[str]) -> str:
    """Return a variable's name for a resource's name, which is not ``taken``."""
    base = re.sub(r"\W+", "_", name)
    if not base.isidentifier() or keyword.iskeyword(base) or hasattr(builtins, base):
        base = f"{label.replace(' ', '_')}_{base}"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}_{number}", number + 1
    return candidate


def _character(char: str, quote: str) -> str:
    if char in {quote, "\\"}:
        return f"\\{char}"
    return char if char.isprintable() else char.encode("unicode_escape").decode()
