"""``make docs``: the documentation as a site in build/docs/site; every warning is an error.

The pages are written for the repository, where links lead to files and folders. In the site's copy
they lead to pages: the README is the first one, each example is one with its files, and links to
tests and sources are plain text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .engine import ROOT
from .examples import files_of

DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "docs"
#: Pages of the repository's first folder, which the site has beside those of docs.
_ROOT_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
#: Pages of docs for the package index and for Pulumi's Registry.
_ELSEWHERE = ("package.md", "_index.md", "installation-configuration.md")
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".txt": "text",
              ".ts": "typescript", ".go": "go"}  # fmt: skip
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\](?:\([^)]*\))?)*)\]\(([^)\s]+)\)")
_ALERT = re.compile(r"^> \[!(\w+)\]\n((?:>.*\n)+)", re.MULTILINE)
_FENCE = re.compile(r"(^```.*?^```\n)", re.MULTILINE | re.DOTALL)


def main() -> int:
    """Write the pages and run Sphinx; returns its exit code."""
    pages, site = BUILD / "pages", BUILD / "site"
    shutil.rmtree(BUILD, ignore_errors=True)
    write(pages)
    options = ["-W", "--keep-going", "-q", "-b", "html"]
    command = [sys.executable, "-m", "sphinx", *options, str(pages), str(site)]
    code = subprocess.run(command, check=False).returncode
    if code == 0:
        sys.stdout.write(f"docs: {site / 'index.html'}\n")
    return code


def write(pages: Path) -> None:
    """Write the site's sources into ``pages``."""
    shutil.copytree(DOCS, pages, ignore=shutil.ignore_patterns("README.md", *_ELSEWHERE))
    sources = {path: _page(path) for path in _sources()}
    for source, page in sources.items():
        text = source.read_text(encoding="utf-8")
        if source.parent.parent == ROOT / "examples":
            text += "".join(_listing(source.parent))
        text = _for_site(text, source, sources)
        if page == "index.md":
            text += _contents(sources)
        if page == "contents.md":
            text = f"---\norphan: true\n---\n{text}"
        (pages / page).parent.mkdir(parents=True, exist_ok=True)
        (pages / page).write_text(text, encoding="utf-8")


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in _ROOT_PAGES if (ROOT / name).exists())
    yield from sorted((ROOT / "examples").glob("*/README.md"))
    for path in sorted(DOCS.rglob("*.md")):
        if path.name not in _ELSEWHERE:
            yield path


def _page(source: Path) -> str:
    """Return the location of a repository's page on the site."""
    if source == ROOT / "README.md":
        return "index.md"
    if source == DOCS / "README.md":
        return "contents.md"
    if source == ROOT / "SECURITY.md":
        return "reporting.md"  # docs has another page on security
    if source.parent.parent == ROOT / "examples":
        return f"examples/{source.parent.name}.md"
    if source.is_relative_to(DOCS):
        return source.relative_to(DOCS).as_posix()
    return source.name.lower()


def _for_site(text: str, source: Path, sources: dict[Path, str]) -> str:
    """Return a page with links that lead to pages, and notes as the site's own."""
    parts = _FENCE.split(text)
    parts[::2] = [
        _ALERT.sub(_note, _LINK.sub(lambda link: _link(link, source, sources), part))
        for part in parts[::2]
    ]
    return "".join(parts)


def _link(link: re.Match[str], source: Path, sources: dict[Path, str]) -> str:
    picture, text, target = link.groups()
    text = _LINK.sub(lambda inner: _link(inner, source, sources), text)
    if re.match(r"https?:|#|mailto:", target):
        return link[0]
    path, _, anchor = target.partition("#")
    file = (source.parent / path).resolve()
    here = Path(_page(source)).parent
    page = sources.get(file / "README.md" if file.is_dir() else file)
    if page is not None:
        way = os.path.relpath(page, here)
    elif file.is_relative_to(DOCS) and file.suffix != ".md":
        way = os.path.relpath(file.relative_to(DOCS), here)
    else:
        return text  # a source or a test, which the site does not have
    return f"{picture}[{text}]({way}{'#' if anchor else ''}{anchor})"


def _note(alert: re.Match[str]) -> str:
    lines = [line.removeprefix(">").removeprefix(" ") for line in alert[2].splitlines()]
    return "\n".join([f":::{{{alert[1].lower()}}}", *lines, ":::", ""])


def _listing(example: Path) -> Iterator[str]:
    """Yield the example's files, as blocks of a page."""
    for path in files_of(example):
        if path.suffix in _LANGUAGES:
            text = path.read_text(encoding="utf-8").rstrip()
            name = path.relative_to(example).as_posix()
            yield f"\n## {name}\n\n````{_LANGUAGES[path.suffix]}\n{text}\n````\n"


def _contents(sources: dict[Path, str]) -> str:
    """Return the site's table of contents: the sections of docs/README.md, and what it lacks."""
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    seen = {"index.md", "contents.md"}
    tables = []
    for title, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", index, re.M | re.S):
        files = [(DOCS / target).resolve() for _, _, target in _LINK.findall(body)]
        found = [sources.get(file / "README.md" if file.is_dir() else file) for file in files]
        tables.append((title, [page for page in dict.fromkeys(found) if page and page not in seen]))
        seen.update(filter(None, found))
    tables.append(("Reference", [page for page in sources.values() if page.startswith("reference/")
                                 and page not in seen]))  # fmt: skip
    seen.update(tables[-1][1])
    tables.append(("The project", [page for page in sources.values() if page not in seen]))
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in tables
        if pages
    )


if __name__ == "__main__":
    sys.exit(main())
