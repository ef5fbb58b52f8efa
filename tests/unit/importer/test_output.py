"""Files of an import: all of them or none."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pulumi_comfycontrol.importer.output import obstacle, write

TEXTS = {"Pulumi.yaml": "name", "__main__.py": "program", "templates/a.json": "{}"}


def content(folder: Path) -> dict[str, str]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_is_written(tmp_path: Path) -> None:
    """Into a new folder or one that has other files; nothing else stays behind."""
    for name in ("new/deep", "old"):
        folder = tmp_path / name
        if name == "old":
            folder.mkdir()
            (folder / "mine.txt").write_text("mine")
        assert obstacle(folder, folder / "import.json") is None
        write(folder, TEXTS, {folder / "import.json": "hidden"})
        expected = TEXTS | {"import.json": "hidden"}
        assert content(folder) == expected | ({"mine.txt": "mine"} if name == "old" else {})
        assert {path.name for path in folder.iterdir()} <= {
            *("Pulumi.yaml", "__main__.py", "templates", "import.json", "mine.txt")
        }
        assert stat.S_IMODE((folder / "import.json").stat().st_mode) == 0o600


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    """A .gitignore is the only file that the target folder may have already."""
    (tmp_path / ".gitignore").write_text("mine")
    assert obstacle(tmp_path, None) is None
    write(tmp_path, TEXTS | {".gitignore": "venv/"}, {})
    assert content(tmp_path) == TEXTS | {".gitignore": "mine"}
    write(tmp_path / "new", TEXTS | {".gitignore": "venv/"}, {})
    assert (tmp_path / "new" / ".gitignore").read_text() == "venv/"


def test_after_a_failure_nothing_is_there(tmp_path: Path) -> None:
    """A failed import leaves no file and no folder in the way of the next one."""
    with pytest.raises(OSError, match="File name too long"):
        write(tmp_path / "deep" / "account", TEXTS | {f"templates/{'x' * 300}.json": ""}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_at_the_very_end_is_undone(tmp_path: Path) -> None:
    """Files moved into place are removed when the import file can't be; other files stay."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    in_the_way = tmp_path / "import.json"
    (in_the_way / "folder").mkdir(parents=True)
    with pytest.raises(OSError, match=r"import\.json"):
        write(folder, TEXTS, {in_the_way: "hidden"})
    assert content(tmp_path) == {"account/mine.txt": "mine"}
    assert {path.name for path in tmp_path.iterdir()} == {"account", "import.json"}


def test_all_targets_are_checked_first(tmp_path: Path) -> None:
    """An obstacle in the way of the output is one sentence."""
    folder = tmp_path / "account"
    file = tmp_path / "file"
    file.touch()
    assert obstacle(file, None) == f"{file} is no folder; choose another one."
    assert obstacle(folder, file) == f"{file} exists already; remove it, or choose another name."
    missing = tmp_path / "missing" / "import.json"
    assert obstacle(folder, missing) == (
        f"{missing.parent} is no folder, so import.json can't be written there."
    )
    for name in ("Pulumi.yaml", "templates/import.json", ""):
        path = folder / name
        assert obstacle(folder, path) == (
            f"{path} is a place of the project itself; choose another name."
        )
    (folder / "templates").mkdir(parents=True)
    assert obstacle(folder, None) == (f"{folder} has templates already; choose another folder.")
