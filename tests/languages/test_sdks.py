"""The checked-in SDKs equal those generated from the schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.sdk import FOLDER, GENERATED, generate

pytestmark = pytest.mark.languages


def test_the_sdks_are_up_to_date(tmp_path: Path) -> None:
    """After a change of the schema: python -m tools.sdk."""
    generate(tmp_path)
    for name in GENERATED:
        assert _content(FOLDER / name) == _content(tmp_path / name)


def _content(folder: Path) -> dict[str, str]:
    """All files but those that building leaves behind."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not {"bin", "node_modules"} & {*path.relative_to(folder).parts}
        if path.name != "package-lock.json"
    }
