"""``make bench``: measure this project beside a naive provider, and write docs/performance.md.

Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from tools.engine import ROOT

from .machine import load, machine, versions
from .report import Origin, page
from .results import Results, Sizes
from .suite import NAMES, run
from .targets import Verdict, verdicts

_PLOT = "performance.svg"
_PAGE = "performance.md"
_FULL_SIZE = 100
#: The steps that the plot shows.
_DRAWN = {"up", "destroy"}


def main() -> int:
    """Measure what was chosen; only a complete run is written unless a folder is named."""
    parser = _parser()
    options = parser.parse_args()
    missing = [name for name in _needs(options.only) if find_spec(name) is None]
    if missing:
        parser.error(f"{', '.join(missing)} is missing: pip install -e '.[bench]'")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is ended, too
    for name in list(os.environ):
        if name.startswith(("COMFYCONTROL_", "PULUMI_")):
            del os.environ[name]
    load_before, began = load(), time.monotonic()
    results = run(options.only, Sizes(options.runners), options.runs, _tell)
    found = verdicts(results)
    today = datetime.now(UTC).strftime("%-d %B %Y")
    minutes = (time.monotonic() - began) / 60
    origin = Origin(today, machine(), versions(), (load_before, load()), minutes)
    folder = options.output
    if folder is None and set(options.only) == set(NAMES) and options.runners == _FULL_SIZE:
        folder = ROOT / "docs"
    if folder is None:
        print(page(results, found, origin, None))
    else:
        _write(folder, results, found, origin)
    for verdict in found:
        result = "met   " if verdict.met else "MISSED"
        print(f"{result} {verdict.work}: {verdict.found} ({verdict.target})")
    return 0 if all(verdict.met for verdict in found) else 1


def _needs(names: Collection[str]) -> Iterator[str]:
    """The modules of the extra ``bench`` that these benchmarks import, some only at their end."""
    if set(names) >= _DRAWN:
        yield "matplotlib"
    if "quota" in names:
        yield "pyrate_limiter"


def _write(folder: Path, results: Results, found: Sequence[Verdict], origin: Origin) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    can_draw = results.life.keys() >= _DRAWN
    if can_draw:
        from .plot import draw

        draw(results, folder / _PLOT)
    text = page(results, found, origin, _PLOT if can_draw else None)
    (folder / _PAGE).write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=_names, default=NAMES, help=f"some of {','.join(NAMES)}; default: all"
    )
    parser.add_argument("--runs", type=_positive, default=3, help="(%(default)s)")
    parser.add_argument(
        "--runners", type=_positive, default=_FULL_SIZE, help="all sizes follow (%(default)s)"
    )
    parser.add_argument(
        "--output", type=Path, help="folder for the page; default: docs, for a complete run"
    )
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = set(names) - set(NAMES)
    if unknown:
        msg = f"{', '.join(sorted(unknown))} is none of {', '.join(NAMES)}"
        raise argparse.ArgumentTypeError(msg)
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        msg = f"{text} is not a number above 0"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _tell(text: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")


if __name__ == "__main__":
    sys.exit(main())
