"""The command ``comfycontrol-import``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..core.catalog import Catalog
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
        sys.stderr.write(f"{NAME}: can't write {error.filename}: {error.strerror}.\n")
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    from .found import find
    from .program import files, headers, program, project

    if options.print_headers and sys.stdout.isatty():
        raise Refused("header values are secret; pipe them into `pulumi config set`.")
    folder: Path = options.folder
    plan = ["Pulumi.yaml", "__main__.py", "requirements.txt", "templates"]
    in_the_way = [] if options.print_headers else [one for one in plan if (folder / one).exists()]
    if in_the_way:
        raise Refused(f"{folder} has {', '.join(in_the_way)} already; choose another folder.")
    found, left_out = find(_catalog(), _wanted(options))
    for sentence in left_out:
        sys.stderr.write(f"warning: {sentence}\n")
    if options.print_headers:
        sys.stdout.write(headers(found) + "\n")
        return
    content = {
        "Pulumi.yaml": project(options.project or folder.resolve().name),
        "__main__.py": program(found, adopt=options.import_file is None),
        "requirements.txt": "pulumi-comfycontrol\n",
        **files(found),
    }
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if options.import_file is not None:
        _write_import_file(options.import_file, found)
    if options.stack and any(one.headers for one in found):
        _set_headers(folder, options.stack, headers(found))
    sys.stdout.write(_report(options, found))


def _catalog() -> Catalog:
    from ..config import load_settings
    from ..core.catalog import Catalog
    from ..core.client import Client
    from ..core.transport import Transport

    return Catalog(Client(Transport(load_settings(lambda _key: None))))


def _wanted(options: argparse.Namespace) -> Wanted:
    from .found import Wanted

    runners, templates = options.runners, options.templates
    if runners is None and templates is None:
        runners = templates = "*"
    return Wanted(runners, templates, frozenset(options.id or ()))


def _write_import_file(path: Path, found: list[Found]) -> None:
    from .import_file import import_file

    path.touch(mode=0o600)
    path.chmod(0o600)  # header values are in it
    path.write_text(import_file(found), encoding="utf-8")


def _set_headers(folder: Path, stack: str, value: str) -> None:
    """Hand the values over on stdin, where no other process sees them."""
    command = ["pulumi", "config", "set", "--secret", "--stack", stack, "headers"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            command, cwd=folder, input=value, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Refused("the command pulumi is not on PATH, so the headers are not set.") from None
    if done.returncode:
        raise Refused(f"`{' '.join(command)}` failed: {done.stderr.strip()}")


def _report(options: argparse.Namespace, found: list[Found]) -> str:
    folder = options.folder
    numbers = {
        label: sum(one.kind.label == label for one in found) for label in ("runner", "template")
    }
    counted = " and ".join(
        f"{number} {label}{'' if number == 1 else 's'}" for label, number in numbers.items()
    )
    lines = [f"{folder} declares {counted}. Next, in that folder:"]
    if not options.stack:
        lines.append("  pulumi stack init dev")
        if any(one.headers for one in found):
            lines.append(f"  {NAME} {_selection(options)}--print-headers |")
            lines.append("    pulumi config set --secret headers")
    if options.import_file is not None:
        path = options.import_file.resolve()
        lines.append(f"  pulumi import --file {path} --generate-code=false --protect=false")
        lines.append("  pulumi preview --expect-no-changes")
        lines.append(f"{path} has header values in the clear: delete it afterwards.")
    else:
        lines.append("  pulumi up   # shown as creations; the objects are taken over, not created")
        lines.append("Then the options import_ may be removed from the program.")
    return "\n".join(lines) + "\n"


def _selection(options: argparse.Namespace) -> str:
    given = {"--runners": options.runners, "--templates": options.templates}
    words = [f"{name} '{value}'" for name, value in given.items() if value is not None]
    words += [f"--id {one}" for one in options.id or ()]
    return "".join(f"{word} " for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Write a Pulumi program for what a ComfyControl account has. The token comes"
        " from COMFYCONTROL_API_TOKEN. Header values never go into the program.",
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("comfycontrol"), help="(%(default)s)"
    )
    parser.add_argument("--project", help="the project's name; default: the folder's")
    parser.add_argument("--runners", metavar="PATTERN", help="only runners of such names")
    parser.add_argument("--templates", metavar="PATTERN", help="only templates of such names")
    parser.add_argument("--id", action="append", help="only this object; may be repeated")
    parser.add_argument("--stack", help="set the headers in this stack's config, as a secret")
    parser.add_argument(
        "--import-file", type=Path, metavar="FILE", help="also write FILE for `pulumi import`"
    )
    parser.add_argument(
        "--print-headers", action="store_true", help="write nothing but the headers, to a pipe"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
