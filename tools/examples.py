"""The examples' folders, without what work in them leaves behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

#: Patterns of names; the last one is a stack's configuration, which may have a token in it.
_LEFT_BEHIND = (".venv", "venv", "bin", "node_modules", "__pycache__", "Pulumi.*.yaml")


def copy_example(source: Path, target: Path) -> Path:
    """Copy an example as it is in the repository, and return ``target``."""
    ignored = shutil.ignore_patterns(*_LEFT_BEHIND)
    return Path(shutil.copytree(source, target, ignore=ignored))


def files_of(example: Path) -> Iterator[Path]:
    """Yield the files of an example, sorted."""
    for path in sorted(example.rglob("*")):
        names = path.relative_to(example).parts
        if path.is_file() and not any(fnmatch(one, two) for one in names for two in _LEFT_BEHIND):
            yield path
