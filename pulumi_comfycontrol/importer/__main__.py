"""The command ``comfycontrol-import``."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .found import Wanted

NAME = "comfycontrol-import"
#: Exit code of a command that Ctrl-C has ended, as shells report it.
_INTERRUPTED = 130
_NOTHING = "nothing was written"


class Refused(Exception):
    """Invalid request of the user, or an output that can't be written; the text is a sentence."""


def main(argv: list[str] | None = None) -> int:
    """Read the account and write a project; returns 1 on failure."""
    folder = None
    try:
        options = _parser().parse_args(argv)
        folder = options.folder
        return _main(options)
    except KeyboardInterrupt:
        # The project's file is written first, and did not exist when this command began.
        is_written = folder is not None and (folder / "Pulumi.yaml").exists()
        what = f"{folder} is written, but its stack is not prepared" if is_written else _NOTHING
        sys.stderr.write(f"{NAME}: interrupted; {what}.\n")
        return _INTERRUPTED


def _main(options: argparse.Namespace) -> int:
    from ..core.errors import ComfyControlError
    from .next_steps import StackFailed

    try:
        _run(options)
    except (ComfyControlError, Refused, StackFailed) as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        return 1
    except OSError as error:
        where = error.filename2 or error.filename or options.folder
        sys.stderr.write(
            f"{NAME}: can't write {where}: {error.strerror}; choose a place"
            " that can be written to.\n"
        )
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    from ..core.api.catalog import Catalog
    from ..core.api.chain import client_for
    from ..core.config import load_settings
    from ..core.progress import listening
    from ..core.terminal import Terminal
    from .found import find
    from .import_file import import_file
    from .next_steps import prepare_stack, report
    from .output import write
    from .program import documents, ignored, program, project, requirements, secrets

    name = _check(options)
    with Terminal(NAME) as terminal, listening(terminal):
        catalog = Catalog(client_for(load_settings(lambda _key: None)))
        found, left_out = find(catalog, _wanted(options))
    for sentence in left_out:
        sys.stderr.write(f"warning: {sentence}\n")
    if not found:
        raise Refused(
            "a program can declare none of the objects, so nothing was written; change them in the"
            " dashboard as the warnings say."
        )
    if options.print_secrets:
        sys.stdout.write(secrets(found) + "\n")
        return
    texts = {
        "Pulumi.yaml": project(name),
        "__main__.py": program(found, adopt=options.import_file is None),
        "requirements.txt": requirements(),
        ".gitignore": ignored(),
        **documents(found),
    }
    private = {options.import_file: import_file(found)} if options.import_file else {}
    write(options.folder, texts, private)
    if options.stack:
        prepare_stack(NAME, options, found)
    _show(report(NAME, options, found), options.folder)


def _show(text: str, folder: Path) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise Refused(
            f"{folder} is written, but what to do next can't be shown ({error.strerror}); begin"
            " with `pulumi install` in that folder."
        ) from None


def _check(options: argparse.Namespace) -> str:
    """Return the project's name; raises :class:`Refused` before anything is read or written."""
    from .output import obstacle
    from .program import is_project_name, project_name

    if options.print_secrets:
        if sys.stdout.isatty():
            raise Refused("what it prints is secret; pipe it into `pulumi config set`.")
        return ""
    if options.project is not None and not is_project_name(options.project):
        raise Refused(
            "--project takes 1 to 100 characters of A-Z, a-z, 0-9, '_', '.' and '-', which is"
            " what Pulumi lets a project be named."
        )
    in_the_way = obstacle(options.folder, options.import_file)
    if in_the_way:
        raise Refused(in_the_way)
    if options.stack and shutil.which("pulumi") is None:
        raise Refused(
            "--stack needs the command pulumi, which is not on PATH; install it, or leave --stack"
            " out."
        )
    return options.project or project_name(options.folder.resolve().name)


def _wanted(options: argparse.Namespace) -> Wanted:
    from ..core.types import KINDS
    from .found import Wanted

    given = {label: getattr(options, kind.plural) for label, kind in KINDS.items()}
    patterns = {label: pattern for label, pattern in given.items() if pattern is not None}
    return Wanted(patterns or dict.fromkeys(KINDS, "*"), frozenset(options.id or ()))


def _parser() -> argparse.ArgumentParser:
    from ..core.types import KINDS

    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Write a Pulumi program for what a ComfyControl account has. The token and all"
        " other settings come from environment variables, COMFYCONTROL_…. Header values, and URLs"
        " with a password or a query, never go into the program.",
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("comfycontrol"), help="(%(default)s)"
    )
    parser.add_argument("--project", help="the project's name; default: the folder's")
    for kind in KINDS.values():
        parser.add_argument(
            f"--{kind.plural}",
            metavar="PATTERN",
            help=f"only {kind.plural} of such names, and no other kind without its own option",
        )
    parser.add_argument("--id", action="append", help="only this object; may be repeated")
    parser.add_argument(
        "--stack", help="create or select this stack of the project, and set the secrets in it"
    )
    parser.add_argument(
        "--import-file", type=Path, metavar="FILE", help="also write FILE for `pulumi import`"
    )
    parser.add_argument(
        "--print-secrets",
        "--print-headers",
        action="store_true",
        help="write nothing but the secrets, to a pipe",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
