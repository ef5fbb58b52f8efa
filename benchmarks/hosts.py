"""Several hosts behind one address, with a store and without: ``python -m benchmarks.hosts``.

Each host has an engine, a provider process and a state folder of its own; the store is a
PostgreSQL server on this machine. The same is computed on a virtual clock. At its full size it
writes its tables into docs/design/scale.md; exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pulumi_comfycontrol.core.journal.journal import Journal
from pulumi_comfycontrol.core.journal.opened import local_journal, shared_journal
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.quota.line import SCHEMA
from pulumi_comfycontrol.core.quota.quota import Quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.postgres import PostgresServer
from tools.engine import ROOT

from .fleet import OURS
from .machine import load, machine, versions
from .measure import LIMITED, Measured, quota_minimum
from .server import Server
from .simulation.report import put, table
from .simulation.run import run
from .simulation.scenario import FEW, Work
from .stacks import Place, measure_stacks

PAGE = ROOT / "docs" / "design" / "scale.md"
BEGIN, END = "<!-- hosts: begin -->", "<!-- hosts: end -->"
_HOSTS, _RUNNERS = (2, 4, 10), 60
_HEAD = (
    "| hosts | store | requests | answers 429 | s from first to last request | quota's minimum"
    " | time / minimum | first host done / last | target |\n|---|---|---|---|---|---|---|---|---|"
)
#: What may be lost beside the quota's minimum by hosts that share a store.
_MOST = 1.05
_TIMES = 500
#: Seconds, so that about as many requests as usual are in it.
_WINDOW = 0.2


def main() -> int:
    """Measure, and write or print Markdown."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosts", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--hosts", type=int, nargs="*", default=_HOSTS)
    parser.add_argument("--runners", type=int, default=_RUNNERS, help="of each host")
    options = parser.parse_args()
    began, load_before = time.monotonic(), load()
    with closing(PostgresServer()) as postgres:
        rows, met = _measure(options.hosts, options.runners, postgres)
        bookkeeping = _bookkeeping(postgres)
    simulated = table([run(scenario, Work.UP) for scenario in FEW])
    minutes = (time.monotonic() - began) / 60
    text = f"""Measured on {datetime.now(UTC):%-d %B %Y} by `python -m benchmarks.hosts` \
in {minutes:.0f} minutes:
{options.runners} runners of each host under the limit, with {LIMITED.latency:g} s of latency.
{machine()}. {versions()}. Load before {load_before:.1f}.

{_HEAD}
{rows}

The same on a virtual clock, where all hosts begin within one second:

{simulated}

Bookkeeping:

{bookkeeping}"""
    if (tuple(options.hosts), options.runners) == (_HOSTS, _RUNNERS):
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(put(page, text, BEGIN, END), encoding="utf-8")
    else:
        print(text)
    return 0 if met else 1


def _measure(numbers: Sequence[int], runners: int, postgres: PostgresServer) -> tuple[str, bool]:
    """Return the rows of the table, and whether all targets are met."""
    rows, met = [], True
    with Server() as server:
        for hosts in numbers:
            for store in (None, postgres.database()):
                place = Place(hosts, apart=True, store=store)
                measured = measure_stacks(server, OURS, runners, LIMITED, place)
                good = _is_met(measured)
                met = met and (good or not store)
                result = ("met" if good else "**missed**") if store else ""
                rows.append(f"{_row(place, measured)} {result} |")
                sys.stderr.write(f"{rows[-1]}\n")
    return "\n".join(rows), met


def _is_met(measured: Measured) -> bool:
    """Whether nothing was refused, and hardly any time lost."""
    return not measured.refused and measured.span <= _MOST * quota_minimum(measured.requests)


def _row(place: Place, measured: Measured) -> str:
    passed = measured.requests - measured.refused
    minimum = quota_minimum(passed)
    ratio = f"{measured.span / minimum:.2f}" if minimum else ""
    return (
        f"| {place.stacks} | {'yes' if place.store else 'no'} | {passed} | {measured.refused}"
        f" | {measured.span:.1f} | {minimum:g} | {ratio}"
        f" | {min(measured.finished) / max(measured.finished):.2f} |"
    )


def _bookkeeping(postgres: PostgresServer) -> str:
    rows = ["| ms of bookkeeping | SQLite | PostgreSQL |", "|---|---|---|"]
    for name, work in (("a request", _requests), ("a create", _creates)):
        with _sqlite() as one, _postgres(postgres.database()) as other:
            rows.append(f"| {name} | {_milliseconds(work, one)} | {_milliseconds(work, other)} |")
    return "\n".join(rows)


@contextmanager
def _sqlite() -> Iterator[tuple[Quota, Journal]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        journal = local_journal(path, "http://api")
        yield file_quota(path / "quota.sqlite3", 10**6, _WINDOW), journal
        journal.close()


@contextmanager
def _postgres(url: str) -> Iterator[tuple[Quota, Journal]]:
    with closing(PostgresDatabase(Secret(url))) as store:
        store.add(SCHEMA)
        yield Quota(store, "line", 10**6, _WINDOW), shared_journal(store, "http://api")


def _requests(quota: Quota, _journal: Journal) -> None:
    quota.acquire().release()


def _creates(_quota: Quota, journal: Journal) -> None:
    with journal.one_at_a_time("00" * 32):
        journal.attempts("runner", "owner", "00" * 32)
        number = journal.begin("runner", "owner", "00" * 32, time.time())
    journal.answered(number, "owner", str(number))
    journal.delivered("owner")


def _milliseconds(work: Callable[[Quota, Journal], None], parts: tuple[Quota, Journal]) -> str:
    work(*parts)
    began = time.monotonic()
    for _ in range(_TIMES):
        work(*parts)
    return f"{(time.monotonic() - began) / _TIMES * 1000:.2f}"


if __name__ == "__main__":
    sys.exit(main())
