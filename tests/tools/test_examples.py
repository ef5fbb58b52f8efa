"""Copies of the examples."""

from __future__ import annotations

from pathlib import Path

from tools.examples import copy_example, files_of


def test_what_work_in_an_example_leaves_behind_is_no_part_of_it(tmp_path: Path) -> None:
    """An environment, caches and a stack's configuration stay where they are."""
    names = [
        "Pulumi.yaml",
        "__main__.py",
        "Pulumi.dev.yaml",
        "venv/bin/python",
        "__pycache__/a.pyc",
    ]
    for name in names:
        (tmp_path / "example" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "example" / name).touch()
    copy = copy_example(tmp_path / "example", tmp_path / "copy")
    assert sorted(path.name for path in copy.rglob("*")) == names[:2]
    assert [path.name for path in files_of(tmp_path / "example")] == names[:2]
