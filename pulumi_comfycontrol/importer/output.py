"""Output of the project's files: all of them, or none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ..core.types import KINDS

#: The files of a project.
_PROJECT = (
    "Pulumi.yaml",
    "__main__.py",
    "requirements.txt",
    *(kind.plural for kind in KINDS.values() if any(f.is_document for f in kind.fields.values())),
)
#: Files that are written only if they do not exist.
_OPTIONAL = (".gitignore",)


def obstacle(folder: Path, import_file: Path | None) -> str | None:
    """Return a sentence about a file or folder that prevents writing there, or None."""
    if folder.exists() and not folder.is_dir():
        return f"{folder} is no folder; choose another one."
    taken = [name for name in _PROJECT if (folder / name).exists()]
    if taken:
        return f"{folder} has {', '.join(taken)} already; choose another folder."
    if import_file is None:
        return None
    path, project = import_file.resolve(), folder.resolve()
    if path.exists():
        return f"{import_file} exists already; remove it, or choose another name."
    if path == project or any(path.is_relative_to(project / name) for name in _PROJECT):
        return f"{import_file} is a place of the project itself; choose another name."
    if not path.parent.is_dir() and path.parent != project:
        return f"{import_file.parent} is no folder, so {import_file.name} can't be written there."
    return None


def write(folder: Path, texts: Mapping[str, str], private: Mapping[Path, str]) -> None:
    """Write ``texts`` below ``folder``, and ``private`` as files that only their owner can read.

    Raises OSError, and then leaves none of them behind.
    """
    with _made(folder), ExitStack() as drafts:
        draft = _draft(drafts, folder)
        for name, text in texts.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_text(text, encoding="utf-8")
        kept = {name for name in _OPTIONAL if (folder / name).exists()}
        moves = {
            draft / name: folder / name
            for name in (*_PROJECT, *_OPTIONAL)
            if (draft / name).exists() and name not in kept
        }
        for path, text in private.items():
            hidden = _draft(drafts, path.parent) / path.name
            hidden.touch(mode=0o600)
            hidden.write_text(text, encoding="utf-8")
            moves[hidden] = path
        with ExitStack() as undo:
            for source, target in moves.items():
                source.rename(target)
                undo.callback(target.rename, source)
            undo.pop_all()


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Create a folder, which is removed again when the context fails."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for one in missing:
            with suppress(OSError):  # another process has written into it
                one.rmdir()
        raise


def _draft(drafts: ExitStack, folder: Path) -> Path:
    """Create a hidden folder in ``folder``, whose content can be moved at once."""
    return Path(drafts.enter_context(tempfile.TemporaryDirectory(prefix=".", dir=folder)))
