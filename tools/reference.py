"""Generator of docs/reference, from the docstrings: ``python -m tools.reference``.

A test compares the pages with this module's output, so they are never outdated.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi_comfycontrol
from pulumi_comfycontrol.emulator.emulator import Dashboard, Emulator

from . import docstrings
from .docstrings import plain

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
_WIDTH = 90


def pages() -> dict[str, str]:
    """Return every page's text by its file name."""
    names = [name for name in pulumi_comfycontrol.__all__ if not name.endswith(("_output", "Info"))]
    texts: dict[str, str] = {}
    for name in names:
        thing = getattr(pulumi_comfycontrol, name)
        if inspect.isfunction(thing):
            texts[name] = _function_page(name, thing)
        elif not dataclasses.is_dataclass(thing):
            texts[name.lower()] = _resource_page(name, thing)
    texts["emulator"] = _emulator_page()
    texts["README"] = _index(texts)
    return {f"{name}.md": text for name, text in texts.items()}


def _resource_page(name: str, thing: type) -> str:
    summary = plain(inspect.getdoc(thing) or "")
    parameters = docstrings.parameters(thing.__init__)
    signature = inspect.signature(thing.__init__)
    rows = [(f"`{one}`", _type(signature.parameters[one]), parameters[one]) for one in parameters
            if one not in {"resource_name", "unknown"}]  # fmt: skip
    parts = [f"# {name}", summary, _program(name),
             "## Arguments", _table(("argument", "type", "meaning"), rows)]  # fmt: skip
    outputs = list(_attributes(thing))
    if outputs:
        parts += ["## Outputs", "`id`, and:", _table(("output", "type", "meaning"), outputs)]
    if hasattr(thing, "get"):
        parts += ["## Reading without managing", _call(f"{name}.get", thing.get),
                  plain(inspect.getdoc(thing.get) or "")]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _function_page(name: str, function: Any) -> str:
    later = getattr(pulumi_comfycontrol, f"{name}_output")
    result = re.sub(r".*?(\w+)(, \.\.\.\])?$", r"\1", str(function.__annotations__["return"]))
    text = inspect.getdoc(function) or ""
    parameters = inspect.signature(function).parameters
    rows = [(f"`{one}`", _type(parameters[one]), meaning)
            for one, meaning in docstrings.parameters(function).items()]  # fmt: skip
    parts = [
        f"# {name}",
        plain(text.partition("\n:param")[0].strip()),
        _program(name),
        "## Arguments",
        _call(name, function),
        _table(("argument", "type", "meaning"), rows),
        "With outputs as arguments, and in a program's flow:",
        _call(f"{name}_output", later),
        *_result(result),
    ]
    return "\n\n".join(parts) + "\n"


def _emulator_page() -> str:
    """Describe the class for tests: its constructor, attributes and methods."""
    parts = [
        "# Emulator",
        plain(inspect.getdoc(Emulator) or ""),
        "It is part of the extra `pulumi-comfycontrol[emulator]`, and imported from"
        " `pulumi_comfycontrol.emulator`. [The emulator](../emulator.md) has its command, faults"
        " and switches.",
        _program("emulator"),
        "## Arguments",
        _call("Emulator", Emulator),
        "## Attributes and methods",
        _table(("member", "meaning"), _members(Emulator)),
        "## Objects",
        "`runners`, `templates` and `managed_runners` are the objects of all accounts, as the"
        " dashboard would show them:",
        _table(("member", "meaning"), _members(Dashboard)),
    ]
    return "\n\n".join(parts) + "\n"


def _members(thing: type) -> list[tuple[str, ...]]:
    """Describe a class's public attributes and methods by the first lines of their docstrings."""
    rows = []
    for name, member in vars(thing).items():
        if not name.startswith("_"):
            summary = (inspect.getdoc(member) or "").partition("\n\n")[0]
            arguments = "" if isinstance(member, property) else _signature(member)
            shown = arguments.partition(" -> ")[0].replace("(self, ", "(").replace("(self)", "()")
            rows.append((f"`{name}{shown}`", " ".join(summary.split())))
    return rows


def _signature(function: Any) -> str:
    """Return the signature with annotations as they are written, and defaults as Python's."""
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
    return text.replace("pulumi.", "")


def _program(name: str) -> str:
    """Return the example of a page, without its docstring's quotes."""
    text = (FOLDER / "programs" / f"{name.lower()}.py").read_text(encoding="utf-8")
    _, caption, code = text.split('"""', 2)
    return f"{caption.removesuffix('.')}:\n\n```python\n{code.strip()}\n```"


def _result(name: str) -> Iterator[str]:
    """Describe a result, and then its parts."""
    result = getattr(pulumi_comfycontrol, name)
    fields = dict(_fields(result))
    yield f"## {name}"
    yield plain(inspect.getdoc(result) or "")
    meanings = {one: meaning for one, _, meaning in docstrings.attributes(result)}
    meanings["headers"] = "The HTTP headers that ComfyControl sends to the machine, as a secret."
    rows = [(f"`{one}`", f"`{type_}`", meanings[one]) for one, type_ in fields.items()]
    yield _table(("field", "type", "meaning"), rows)
    for type_ in fields.values():
        for inner in re.findall(r"\w+Info", type_):
            yield from _result(inner)


def _fields(result: Any) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(result):
        if field.name == "_headers":
            yield "headers", "Output[Mapping[str, str]]"
        else:
            yield field.name, str(field.type)


def _index(texts: dict[str, str]) -> str:
    lines = []
    for name, text in texts.items():
        title, _, rest = text.partition("\n\n")
        lines.append(f"- [{title.removeprefix('# ')}]({name}.md): {rest.split('.')[0]}.")
    return "# Reference\n\n" + "\n".join(lines).replace("\n\n", "\n") + "\n"


def _attributes(thing: type) -> Iterator[tuple[str, str, str]]:
    """Annotated attributes with the strings below them."""
    for name, annotation, meaning in docstrings.attributes(thing):
        yield f"`{name}`", f"`{annotation.removeprefix('pulumi.Output[')[:-1]}`", meaning


def _type(parameter: inspect.Parameter) -> str:
    text = str(parameter.annotation).replace("pulumi.", "").removesuffix(" | None")
    return f"`{text}`" + (", required" if parameter.default is inspect.Parameter.empty else "")


def _call(name: str, function: Any) -> str:
    signature = _signature(function)
    arguments, _, result = signature.rpartition(" -> ")
    items = arguments.strip("()").split(", ")
    short = f"{name}({', '.join(items)}) -> {result}"
    lines = "".join(f"    {item},\n" for item in _joined(items)) if len(short) > _WIDTH else ""
    return f"```python\n{f'{name}({chr(10)}{lines}) -> {result}' if lines else short}\n```"


def _joined(items: list[str]) -> Iterator[str]:
    """Join parts that were split inside of brackets."""
    open_ = ""
    for item in items:
        open_ = f"{open_}, {item}" if open_ else item
        if open_.count("[") == open_.count("]"):
            yield open_
            open_ = ""


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    cells = [[plain(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def main() -> None:
    """Write all pages, and remove those of names that no longer exist."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
