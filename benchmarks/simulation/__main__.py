"""The simulated times of large fleets: ``python -m benchmarks.simulation``.

At its full size it writes the table in docs/design/scale.md. Needs the extra ``bench``.
"""

from __future__ import annotations

import argparse
import gc
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from tools.engine import ROOT

from .report import duration, put, table
from .run import Result, run
from .scenario import SCENARIOS, Scenario
from .service import LATENCY, SPREAD

_PAGE = ROOT / "docs" / "design" / "scale.md"
_FULL = Scenario("", "")


def main() -> None:
    """Run all scenarios side by side, and write or print the table."""
    options = _options()
    chosen = [one for one in SCENARIOS if not options.only or one.name in options.only]
    sized = [replace(one, runners=options.runners, stacks=options.stacks) for one in chosen]
    with ProcessPoolExecutor(options.jobs, initializer=_collect_rarely) as jobs:
        futures = [
            jobs.submit(run, scenario, work, options.seed)
            for scenario in sized
            for work in scenario.works
        ]
        results = [_told(future.result()) for future in futures]
    text = f"{_introduction(options)}\n\n{table(results)}"
    full = (options.runners, options.stacks) == (_FULL.runners, _FULL.stacks)
    if full and not options.only:
        _PAGE.write_text(put(_PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        print(text)


def _introduction(options: argparse.Namespace) -> str:
    today = datetime.now(UTC).strftime("%-d %B %Y")
    return (
        f"{options.runners:,} runners in {options.stacks} stacks, {_FULL.parallel} operations at"
        f" once in each; latency log-normal, median {LATENCY:g} s, sigma {SPREAD:g}; seed"
        f" {options.seed}. Computed on {today} by `python -m benchmarks.simulation`."
    )


def _told(result: Result) -> Result:
    name = f"{result.scenario.name}, {result.work}"
    print(f"{name}: {result.passed} requests, {duration(result.seconds)}", flush=True)
    return result


def _collect_rarely() -> None:
    # Thousands of waiting threads are looked through each time, and hardly anything is garbage.
    gc.set_threshold(100_000, 10, 10)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--runners", type=int, default=_FULL.runners, help="of all stacks")
    parser.add_argument("--stacks", type=int, default=_FULL.stacks)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=[one.name for one in SCENARIOS]
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
