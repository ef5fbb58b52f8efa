"""The command ``comfycontrol-doctor``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ..core.api.chain import raw_exchange_for
from ..core.api.http import Http, own_version
from ..core.clock import SYSTEM_CLOCK
from ..core.config import Settings, load_settings
from ..core.errors import ConfigError
from ..core.progress import listening
from ..core.quota.shared import quota_for
from ..core.terminal import Terminal
from ..core.words import NEUTRAL
from ..frontend.words import PULUMI
from .api import Api
from .checks import Check, State, checks, sources
from .experiments import Experiments
from .finding import Finding
from .rate_limit import rate_limit_findings
from .report import Report, line, table
from .stack import stack_config

NAME = "comfycontrol-doctor"
#: Exit code of a command that Ctrl-C has ended, as shells report it.
_INTERRUPTED = 130
_WORDS = replace(
    NEUTRAL,
    give_token="name a stack that has one by --stack, or set the environment variable"  # noqa: S106
    " COMFYCONTROL_API_TOKEN",
)


def main(argv: list[str] | None = None) -> int:
    """Run all checks, with ``--write`` experiments too; returns 1 for a fault or a leftover."""
    options = _parser().parse_args(argv)
    report = Report()
    try:
        try:
            _run(options, report)
        finally:
            _save(options.json, report)
    except KeyboardInterrupt:
        sys.stderr.write(f"{NAME}: interrupted; run it again.\n")
        return _INTERRUPTED
    except OSError as error:
        where = error.filename or "to the standard output"
        sys.stderr.write(
            f"{NAME}: can't write {where}: {error.strerror}; choose a place that can be"
            " written to.\n"
        )
        return 1
    return int(report.has_faults)


def _run(options: argparse.Namespace, report: Report) -> None:
    try:
        settings = _settings(options)
    except ConfigError as error:
        report.checks.append(Check("settings", State.FAULT, str(error)))
        _print(line(report.checks[0]))
        return
    report.checks.append(sources(options.stack))
    _print(line(report.checks[0]))
    with Terminal(NAME) as terminal, listening(terminal):
        for check in checks(settings):
            report.checks.append(check)
            _print(line(check))
    if not options.write:
        return
    if not report.account_works:
        _print("Nothing is tried out, as the account can't be used.")
    elif _may_write(options, settings.url):
        with Terminal(NAME) as terminal, listening(terminal):
            _try_out(options, settings, report)


def _settings(options: argparse.Namespace) -> Settings:
    given = {name: value for name in ("url", "store") if (value := getattr(options, name))}
    if options.stack is None:
        return load_settings(lambda _key: None, words=_WORDS, options=given)
    config = stack_config(options.stack, options.cwd)
    return load_settings(config.get, words=PULUMI, options=given)


def _may_write(options: argparse.Namespace, url: str) -> bool:
    _print(
        f"\nThis makes, changes and removes two runners and a template at {url}, by about 80"
        " requests."
    )
    if options.oversized:
        _print("It also sends 51 MB at once.")
    if options.rate_limit:
        _print("Then it exceeds the quota on purpose, which closes this address for 10 s.")
    if options.yes:
        return True
    if not sys.stdin.isatty():
        _print("Nothing is tried out: there is nobody to ask here, and --yes is not given.")
        return False
    sys.stdout.write("Go on? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _try_out(options: argparse.Namespace, settings: Settings, report: Report) -> None:
    api = Api(raw_exchange_for(settings), SYSTEM_CLOCK)
    token = settings.token.reveal()
    experiments = Experiments(api, SYSTEM_CLOCK, token, oversized=options.oversized)
    try:
        _collect(experiments.findings(), report)
        if options.rate_limit:
            quota = quota_for(settings, SYSTEM_CLOCK)
            _collect(rate_limit_findings(Http(settings), quota, SYSTEM_CLOCK), report)
    finally:
        report.left_behind = experiments.left_behind
        _print("\nAssumption · seen · what the provider does then\n")
        for text in (*table(report.findings), *report.left_behind):
            _print(text)


def _collect(findings: Iterator[Finding], report: Report) -> None:
    for finding in findings:
        report.findings.append(finding)


def _save(path: Path | None, report: Report) -> None:
    if path is not None:
        text = json.dumps(report.as_json(), indent=2, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Check the settings, this machine and the way to the API. With --write, find"
        " out what its documentation leaves open.",
        epilog="The settings come from these options, from the environment variables"
        " COMFYCONTROL_…, and with --stack from a stack's configuration, in this order. The token"
        " is never an option, as all users of a machine see the arguments of its commands.",
    )
    parser.add_argument("--url", help="the API's URL")
    parser.add_argument(
        "--store", type=_without_password, help="the store's URL without its password"
    )
    parser.add_argument(
        "--stack", metavar="NAME", help="read the configuration of this stack, by the Pulumi CLI"
    )
    parser.add_argument(
        "-C",
        "--cwd",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the project of --stack (the present folder)",
    )
    parser.add_argument(
        "--write", action="store_true", help="make, change and remove two runners and a template"
    )
    parser.add_argument("--yes", action="store_true", help="with --write, don't ask before")
    parser.add_argument(
        "--rate-limit", action="store_true", help="with --write, also provoke an answer 429"
    )
    parser.add_argument(
        "--oversized", action="store_true", help="with --write, also send 51 MB at once"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write a report to FILE")
    parser.add_argument("--version", action="version", version=f"%(prog)s {own_version()}")
    return parser


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_secret = parts.password is not None or "password=" in parts.query
    except ValueError:
        is_secret = False
    if is_secret:
        raise argparse.ArgumentTypeError(
            "a password is no argument, as all users of a machine see these; give it by PGPASSWORD,"
            " ~/.pgpass or COMFYCONTROL_STORE"
        )
    return url


if __name__ == "__main__":
    sys.exit(main())
