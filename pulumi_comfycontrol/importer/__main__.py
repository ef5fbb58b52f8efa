"""The command ``comfycontrol-import``."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..core.api.catalog import Catalog
    from .found import Found, Wanted

NAME = "comfycontrol-import"


class Refused(Exception):
    """The text is a sentence for the user."""


def main(argv: list[str] | None = None) -> int:
    """Read the account and write a project; returns 1 when that can't be done."""
    options = _parser().parse_args(argv)
    from ..core.errors import ComfyControlError

    try:
        _run(options)
    except (ComfyControlError, Refused) as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        return 1
    except OSError as error:
        where = error.filename2 or error.filename or options.folder
        sys.stderr.write(f"{NAME}: can't write {where}: {error.strerror}.\n")
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    from .found import find
    from .import_file import import_file
    from .output import write
    from .program import files, program, project, secrets

    name = _check(options)
    found, left_out = find(_catalog(), _wanted(options))
    for sentence in left_out:
        sys.stderr.write(f"warning: {sentence}\n")
    if not found:
        raise Refused("nothing is left that a program could declare.")
    if options.print_secrets:
        sys.stdout.write(secrets(found) + "\n")
        return
    texts = {
        "Pulumi.yaml": project(name),
        "__main__.py": program(found, adopt=options.import_file is None),
        "requirements.txt": "pulumi-comfycontrol\n",
        **files(found),
    }
    private = {options.import_file: import_file(found)} if options.import_file else {}
    write(options.folder, texts, private)
    if options.stack:
        _prepare_stack(options, found)
    sys.stdout.write(_report(options, found))


def _check(options: argparse.Namespace) -> str:
    """Refuse what can't work before anything is read or written; returns the project's name."""
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
        raise Refused("--stack needs the command pulumi, which is not on PATH.")
    return options.project or project_name(options.folder.resolve().name)


def _catalog() -> Catalog:
    from ..core.api.catalog import Catalog
    from ..core.api.chain import client_for
    from ..core.config import load_settings

    return Catalog(client_for(load_settings(lambda _key: None)))


def _wanted(options: argparse.Namespace) -> Wanted:
    from .found import Wanted

    runners, templates = options.runners, options.templates
    if runners is None and templates is None:
        runners = templates = "*"
    return Wanted(runners, templates, frozenset(options.id or ()))


def _prepare_stack(options: argparse.Namespace, found: list[Found]) -> None:
    """Create or select the stack, and give it the secrets on stdin, where nobody else sees them."""
    from .program import SECRETS, secrets

    steps = [(["stack", "select", "--create", options.stack], "")]
    if any(one.secrets for one in found):
        set_ = ["config", "set", "--secret", "--stack", options.stack, SECRETS]
        steps.append((set_, secrets(found)))
    for arguments, text in steps:
        command = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(  # noqa: S603 - no shell
            command, cwd=options.folder, input=text, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refused(
                f"{options.folder} is written, but `{shlex.join(command)}` failed there"
                f" ({done.stderr.strip()}); continue with:\n" + "\n".join(_steps(options, found))
            )


def _report(options: argparse.Namespace, found: list[Found]) -> str:
    numbers = {
        label: sum(one.kind.label == label for one in found) for label in ("runner", "template")
    }
    counted = " and ".join(
        f"{number} {label}{'' if number == 1 else 's'}" for label, number in numbers.items()
    )
    lines = [f"{options.folder} declares {counted}. Next, in that folder:"]
    if not options.stack:
        lines += _steps(options, found)
    if options.import_file is not None:
        path = options.import_file.resolve()
        file = shlex.quote(str(path))
        lines.append(f"  pulumi import --file {file} --generate-code=false --protect=false")
        lines.append("  pulumi preview --expect-no-changes")
        lines.append(f"{path} has secrets in the clear: delete it afterwards.")
    else:
        lines.append("  pulumi up   # shown as creations; the objects are taken over, not created")
        lines.append("Then the options import_ may be removed from the program.")
    return "\n".join(lines) + "\n"


def _steps(options: argparse.Namespace, found: list[Found]) -> list[str]:
    """What is to be done by hand without ``--stack``."""
    from .program import SECRETS

    stack = f"select --create {shlex.quote(options.stack)}" if options.stack else "init dev"
    lines = [f"  pulumi stack {stack}"]
    if any(one.secrets for one in found):
        lines.append(f"  {NAME} {_selection(options)}--print-secrets |")
        lines.append(f"    pulumi config set --secret {SECRETS}")
    return lines


def _selection(options: argparse.Namespace) -> str:
    given = [("--runners", options.runners), ("--templates", options.templates)]
    given += [("--id", one) for one in options.id or ()]
    words = [f"{name}={shlex.quote(value)}" for name, value in given if value is not None]
    return "".join(f"{word} " for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Write a Pulumi program for what a ComfyControl account has. The token comes"
        " from COMFYCONTROL_API_TOKEN. Header values, and URLs with a password, never go into the"
        " program.",
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("comfycontrol"), help="(%(default)s)"
    )
    parser.add_argument("--project", help="the project's name; default: the folder's")
    parser.add_argument("--runners", metavar="PATTERN", help="only runners of such names")
    parser.add_argument("--templates", metavar="PATTERN", help="only templates of such names")
    parser.add_argument("--id", action="append", help="only this object; may be repeated")
    parser.add_argument("--stack", help="create or select this stack, and set the secrets in it")
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
