"""The documents: their links have targets, and their programs are valid Python."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_FOLDERS = ("docs", "examples", "deploy", ".github")
PAGES = sorted(
    {*ROOT.glob("*.md"), *(page for name in _FOLDERS for page in (ROOT / name).rglob("*.md"))}
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file or folder of the project."""
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_program_is_python(page: Path) -> None:
    """Every Python block compiles, but for signatures in the reference."""
    for program in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        if "reference" not in page.parts:
            compile(program, str(page), "exec")


def test_the_commands_of_the_readme_exist() -> None:
    """Each `make` command that it names is in the Makefile."""
    named = set(re.findall(r"\bmake (\w+)", (ROOT / "README.md").read_text()))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named - {"it", "sure"} <= targets


def test_every_document_is_found_from_the_readme() -> None:
    """Following links from the README reaches every page and every example."""
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        for link in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text()):
            target = (page.parent / link).resolve()
            todo.append(target / "README.md" if target.is_dir() else target)
    assert {page for page in PAGES if "docs" in page.parts or "examples" in page.parts} <= seen


def test_badges_say_what_the_package_says() -> None:
    """Python's versions and the licence, as in pyproject.toml; the pictures load nothing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = [one.rpartition(" ")[2] for one in project["classifiers"] if ":: 3." in one]
    python = f"Python {versions[0]} to {versions[-1]}"
    for name, text in (("python", python), ("licence", f"Licence {project['license']}")):
        badge = (ROOT / "docs" / "badges" / f"{name}.svg").read_text()
        assert f">{text}</text>" in badge
        assert f"[![{text}](docs/badges/{name}.svg)]" in (ROOT / "README.md").read_text()
    for picture in (ROOT / "docs").rglob("*.svg"):
        assert not re.search(r"(href|url|src)\W*https?:", picture.read_text())


def test_the_package_s_page_has_no_link() -> None:
    """It is shown on the package index, where a path leads nowhere."""
    page = (ROOT / "docs" / "package.md").read_text()
    assert "](" not in page
    [program] = re.findall(r"```python\n.*?```", page, re.DOTALL)
    assert program in (ROOT / "README.md").read_text()
