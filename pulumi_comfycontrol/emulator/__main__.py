"""The command ``comfycontrol-emulator``."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sqlite3
import sys
import threading
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .http.hosts import WILDCARDS, is_loopback
from .report import ReportError, settings_of
from .state.switch import TIERS

if TYPE_CHECKING:
    from .emulator import Emulator

_TOKEN = re.compile(r"cfc_[A-Za-z0-9]+")


class _CantStart(Exception):
    """Failed start; the text is a sentence."""


def main(argv: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; returns 2 when it can't start."""
    options = _parser().parse_args(argv)
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    try:
        import flask  # noqa: F401
    except ModuleNotFoundError:
        return _refuse("the emulator needs Flask; run pip install 'pulumi-comfycontrol[emulator]'.")
    from .emulator import DEFAULT_TOKEN

    tokens = tuple(options.token or [DEFAULT_TOKEN])
    try:
        emulator = _start(options, tokens)
    except _CantStart as error:
        return _refuse(str(error))
    try:
        _tell(emulator, options, tokens)
        end.wait()
    finally:
        emulator.stop()
    return 0


def _start(options: argparse.Namespace, tokens: tuple[str, ...]) -> Emulator:
    from .emulator import Emulator

    try:
        return Emulator(
            options.port,
            host=options.host,
            db=options.db,
            tokens=tokens,
            log=None if options.quiet else _log,
            kill=lambda: os.kill(os.getpid(), signal.SIGKILL),
            **_settings(options),
        ).start()
    except ReportError as error:
        raise _CantStart(
            f"can't imitate {options.like}: {error}; give a file that comfycontrol-doctor --json"
            " wrote with this version."
        ) from None
    except ValueError as error:
        raise _CantStart(f"{error}; correct it.") from None
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        reason, *_ = reason.split(" (while ")  # create_server adds the address once more
        raise _CantStart(
            f"can't listen on {options.host} port {options.port}: {reason}; choose another one with"
            " --host or --port."
        ) from None
    except sqlite3.Error as error:
        raise _CantStart(
            f"can't keep the state in {options.db}: {error}; choose another file with --db."
        ) from None


def _tell(emulator: Emulator, options: argparse.Namespace, tokens: tuple[str, ...]) -> None:
    """Print where the emulator listens; the last line tells programs that it is ready."""
    if not is_loopback(options.host):
        sys.stderr.write(
            f"warning: {options.host} is open to other machines, and every program that reaches it"
            " may do anything with this emulator; give it no real secrets\n"
        )
    given = f"{len(tokens)} given" if options.token else f"{tokens[0]} (the default)"
    _print(f"API    {emulator.url}/v1, documentation {emulator.url}/docs")
    if options.host in WILDCARDS:
        port = emulator.url.rpartition(":")[2]
        _print(f"       http://{socket.gethostname()}:{port}/v1 for other machines")
    _print(f"token  {given}")
    _print(f"ComfyControl emulator ready at {emulator.url}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="comfycontrol-emulator",
        description="A local ComfyControl to try programs on. It is not made for the open network.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8787, help="0 takes a free one (%(default)s)")
    parser.add_argument("--db", type=Path, help="file that keeps the state; default: memory only")
    parser.add_argument(
        "--token", type=_token, action="append", help="cfc_…; more than one: an account each"
    )
    parser.add_argument("--tier", choices=TIERS, help="tier of the accounts (enterprise)")
    parser.add_argument("--latency", type=_seconds, help="seconds that each answer takes")
    parser.add_argument(
        "--no-rate-limit", action="store_true", help="answer any number of requests"
    )
    parser.add_argument(
        "--like", type=Path, metavar="REPORT", help="imitate the API that comfycontrol-doctor saw"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    parser.add_argument("--quiet", action="store_true", help="no line for each request")
    return parser


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """The emulator's settings: those of the report, then those of the options.

    Raises ReportError for a report without usable settings.
    """
    given = {
        "tier": options.tier,
        "latency": options.latency,
        "rate_limit": False if options.no_rate_limit else None,
    }
    seen = settings_of(options.like) if options.like else {}
    return seen | {name: value for name, value in given.items() if value is not None}


def _version() -> str:
    try:
        return version("pulumi-comfycontrol")
    except PackageNotFoundError:  # a source tree that is not installed
        return "of a source tree"


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise argparse.ArgumentTypeError("a token is cfc_ and then letters and digits")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError("the latency is a number of seconds, 0 or more")
    return seconds


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _log(line: str) -> None:
    # A reader that ends after the line "ready" must not cost the requests their answers.
    with suppress(OSError):
        _print(line)


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"comfycontrol-emulator: {sentence}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
