"""Descriptions of parameters and attributes in docstrings, for the reference and the schema."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import pulumi_comfycontrol

_PARAMETER = re.compile(r":param (\w+): (.*?)(?=\n:param|\Z)", re.DOTALL)
_SOURCE = re.compile(r" \[docs: [^\]]+\]")
_ROLE = re.compile(r":\w+:`[~.]?([^`]+)`")


def parameters(thing: object) -> dict[str, str]:
    """Return the descriptions of a function's parameters."""
    text = inspect.getdoc(thing) or ""
    return {one[1]: " ".join(one[2].split()) for one in _PARAMETER.finditer(text)}


def attributes(type_: type) -> Iterator[tuple[str, str, str]]:
    """Yield name, annotation and description of each attribute that has a string below it.

    Includes those inherited from classes of this project, which come first.
    """
    for class_ in reversed(type_.__mro__):
        if class_.__module__.partition(".")[0] == pulumi_comfycontrol.__name__:
            yield from _own_attributes(class_)


def _own_attributes(type_: type) -> Iterator[tuple[str, str, str]]:
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(type_))).body
    assert isinstance(tree, ast.ClassDef)
    for attribute, text in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(attribute, ast.AnnAssign) and isinstance(text, ast.Expr):
            meaning = " ".join(str(ast.literal_eval(text.value)).split())
            yield ast.unparse(attribute.target), ast.unparse(attribute.annotation), meaning


def paragraphs(thing: object) -> list[str]:
    """Return the paragraphs before the parameters, each on one line."""
    text = (inspect.getdoc(thing) or "").partition(":param")[0]
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def without_source(text: str) -> str:
    """Leave out the pages of the API's documentation from which a sentence comes."""
    return _SOURCE.sub("", text)


def plain(text: str) -> str:
    """Turn reStructuredText's roles and literals into Markdown."""
    return _ROLE.sub(lambda role: f"`{role[1].rpartition('.')[2]}`", text).replace("``", "`")
