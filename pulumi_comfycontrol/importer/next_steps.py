"""The steps after writing a project: preparing its stack, by ``--stack`` or by hand."""

from __future__ import annotations

import argparse
import shlex
import subprocess
from collections.abc import Sequence

from ..core.types import KINDS
from .found import Found
from .program import SECRETS, secrets


class StackFailed(Exception):
    """Failed preparation; the text names the failed command and the steps by hand."""


def prepare_stack(command: str, options: argparse.Namespace, found: Sequence[Found]) -> None:
    """Create or select the stack, and set its secrets by stdin, hidden from other processes."""
    steps = [(["stack", "select", "--create", options.stack], "")]
    if any(one.secrets for one in found):
        set_ = ["config", "set", "--secret", "--stack", options.stack, SECRETS]
        steps.append((set_, secrets(found)))
    for arguments, text in steps:
        pulumi = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(  # noqa: S603 - no shell
            pulumi, cwd=options.folder, input=text, capture_output=True, text=True, check=False
        )
        if done.returncode:
            by_hand = "\n".join(_stack_by_hand(command, options, found))
            raise StackFailed(
                f"{options.folder} is written, but `{shlex.join(pulumi)}` failed there"
                f" ({done.stderr.strip()}); continue with:\n{by_hand}"
            )


def report(command: str, options: argparse.Namespace, found: Sequence[Found]) -> str:
    """Return a report of the written project, with the commands to run next."""
    counted = " and ".join(_counted(kind.label, found) for kind in KINDS.values())
    lines = [f"{options.folder} declares {counted}. Next, in that folder:", "  pulumi install"]
    if not options.stack:
        lines += _stack_by_hand(command, options, found)
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


def _stack_by_hand(command: str, options: argparse.Namespace, found: Sequence[Found]) -> list[str]:
    stack = f"select --create {shlex.quote(options.stack)}" if options.stack else "init dev"
    lines = [f"  pulumi stack {stack}"]
    if any(one.secrets for one in found):
        lines.append(f"  {command} {_selection(options)}--print-secrets |")
        lines.append(f"    pulumi config set --secret {SECRETS}")
    return lines


def _selection(options: argparse.Namespace) -> str:
    given = [(f"--{kind.plural}", getattr(options, kind.plural)) for kind in KINDS.values()]
    given += [("--id", one) for one in options.id or ()]
    words = [f"{name}={shlex.quote(value)}" for name, value in given if value is not None]
    return "".join(f"{word} " for word in words)


def _counted(label: str, found: Sequence[Found]) -> str:
    number = sum(one.kind.label == label for one in found)
    return f"{number} {label}{'' if number == 1 else 's'}"
