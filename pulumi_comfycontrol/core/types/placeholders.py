"""Placeholders in a template's body [docs: concepts/templates].

A placeholder is the whole of a string value: ``$text(key)``, ``$text(key, default)``,
``$choice(name, v1, v2[, v3[, v4]])``, ``$file(name)``, ``$random()``, ``$timestamp()``.
A mistake in a placeholder is only a warning: the API accepts the string as plain text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_KINDS = ("choice", "file", "random", "text", "timestamp")
_WHOLE = re.compile(r"\$(\w+)\((.*)\)", re.DOTALL)
_INSIDE = re.compile(rf"\$({'|'.join(_KINDS)})\(")
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_OPTIONS = range(2, 5)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder of a template's body [docs: concepts/templates]."""

    kind: str
    """text, choice, file, random or timestamp."""
    name: str = ""
    """The key or name; missing for random and timestamp."""
    default: str | None = None
    """The text that a form begins with; missing where the placeholder has none."""
    options: tuple[str, ...] = ()
    """A choice's options, the first of which is its default."""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that are set, the form that a template's output has."""
        values = {"kind": self.kind, "name": self.name, "default": self.default}
        shown: dict[str, Any] = {key: value for key, value in values.items() if value}
        return shown | {"options": list(self.options)} if self.options else shown


def placeholders(body: Any) -> list[Placeholder]:
    """Return each placeholder of a body once, in the order of kind and name."""
    found = {one for _, text in _strings(body, ()) if isinstance(one := _read(text), Placeholder)}
    return sorted(found, key=lambda one: (one.kind, one.name, one.default or "", one.options))


def mistakes(body: Any) -> Iterator[str]:
    """Yield a sentence for each string that looks like a placeholder, but is none."""
    names: dict[str, Placeholder] = {}
    for path, text in _strings(body, ()):
        one = _read(text)
        where = _where(body, path)
        if isinstance(one, str):
            yield f"{where}: {one}"
        elif one is not None and one.name:
            first = names.setdefault(one.name, one)
            if first != one:
                yield f"{where}: '{one.name}' is also used by another, different placeholder"


def _strings(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if "$" in value or value.startswith("#choice("):
            yield path, value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _strings(value[key], (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _strings(one, (*path, index))


def _read(text: str) -> Placeholder | str | None:
    """Return a placeholder, a sentence about a mistake in one, or None for plain text."""
    if text.startswith("#choice("):
        return "#choice(…) is the form of an older API page; write $choice(name, option, option)"
    whole = _WHOLE.fullmatch(text)
    inside = _INSIDE.search(text)
    if whole is None or _INSIDE.search(whole[2]):
        if inside is None:
            return None
        if inside.start() == 0 and ")" not in text:
            return f"${inside[1]}( lacks its closing parenthesis, so it stays plain text"
        return f"${inside[1]}(…) must be the whole value; as a part of one it stays plain text"
    kind, arguments = whole[1], [part.strip() for part in whole[2].split(",")]
    if kind not in _KINDS:
        near = difflib.get_close_matches(kind, _KINDS, n=1, cutoff=0.5)
        hint = f"; did you mean ${near[0]}(…)?" if near else ""
        return f"${kind}(…) is no placeholder{hint}"
    return _KIND_READERS[kind](kind, arguments)


def _read_bare(kind: str, arguments: list[str]) -> Placeholder | str:
    return f"${kind}() takes no arguments" if arguments != [""] else Placeholder(kind)


def _read_text(kind: str, arguments: list[str]) -> Placeholder | str:
    name, *default = arguments
    if not name:
        return "$text(…) needs a key"
    # Commas in the default are taken as part of it (A31).
    return Placeholder(kind, name, ", ".join(default) or None)


def _read_file(kind: str, arguments: list[str]) -> Placeholder | str:
    if len(arguments) != 1 or not _FILE_NAME.fullmatch(arguments[0]):
        return "$file(…) needs one name of at most 255 letters, digits, '-' and '_'"
    return Placeholder(kind, arguments[0])


def _read_choice(kind: str, arguments: list[str]) -> Placeholder | str:
    name, *options = arguments
    if not name or len(options) not in _OPTIONS or not all(options):
        return "$choice(…) needs a name and 2 to 4 options"
    if len(set(options)) < len(options):
        return f"$choice({name}, …) has an option twice"
    return Placeholder(kind, name, options=tuple(options))


_KIND_READERS = {
    "choice": _read_choice,
    "file": _read_file,
    "random": _read_bare,
    "text": _read_text,
    "timestamp": _read_bare,
}


def _where(body: Any, path: tuple[str | int, ...]) -> str:
    """Return the node and field in ComfyUI's API format, the path in any other format."""
    node = body.get(path[0]) if isinstance(body, dict) and len(path) > 2 else None  # noqa: PLR2004
    if isinstance(node, dict) and path[1] == "inputs":
        class_ = f" ({node['class_type']})" if isinstance(node.get("class_type"), str) else ""
        return f"node {path[0]}{class_}, field {_dotted(path[2:])}"
    return f"body {_dotted(path)}".rstrip()


def _dotted(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
