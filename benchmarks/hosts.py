"""Several hosts behind one address, with a store and without: ``python -m benchmarks.hosts``.

Each host has an engine, a provider process and a state folder of its own; the store is a
PostgreSQL server on this machine. Prints the numbers of docs/design/scale.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pulumi_comfycontrol.core.journal.journal import Journal
from pulumi_comfycontrol.core.journal.opened import local_journal, shared_journal
from pulumi_comfycontrol.core.quota.host import file_quota
from pulumi_comfycontrol.core.quota.line import SCHEMA
from pulumi_comfycontrol.core.quota.quota import Quota
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.storage.postgres import PostgresDatabase
from tests.postgres import PostgresServer

from .fleet import OURS
from .measure import LIMITED, Measured, quota_minimum
from .server import Server
from .stacks import Place, measure_stacks

_HEAD = (
    "| hosts | store | requests | answers 429 | s from first to last request | quota's minimum"
    " | time / minimum | first host done / last |\n|---|---|---|---|---|---|---|---|"
)
_TIMES = 500
#: Seconds, so that about as many requests as usual are in it.
_WINDOW = 0.2


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosts", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--hosts", type=int, nargs="*", default=[2, 4, 10])
    parser.add_argument("--runners", type=int, default=60, help="of each host")
    options = parser.parse_args()
    with closing(PostgresServer()) as postgres:
        if options.hosts:
            print(_HEAD)
            with Server() as server:
                for hosts in options.hosts:
                    for store in (None, postgres.database()):
                        place = Place(hosts, apart=True, store=store)
                        measured = measure_stacks(server, OURS, options.runners, LIMITED, place)
                        print(_row(place, measured), flush=True)
        print("\n| ms of bookkeeping | SQLite | PostgreSQL |\n|---|---|---|")
        for name, work in (("a request", _requests), ("a create", _creates)):
            with _sqlite() as one, _postgres(postgres.database()) as other:
                print(f"| {name} | {_milliseconds(work, one)} | {_milliseconds(work, other)} |")


def _row(place: Place, measured: Measured) -> str:
    passed = measured.requests - measured.refused
    minimum = quota_minimum(passed)
    return (
        f"| {place.stacks} | {'yes' if place.store else 'no'} | {passed} | {measured.refused}"
        f" | {measured.span:.1f} | {minimum:g} | {measured.span / minimum:.2f}"
        f" | {min(measured.finished) / max(measured.finished):.2f} |"
    )


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
    main()
