"""The results as a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .fleet import OURS, PROVIDERS
from .measure import LIMIT, LIMITED, WINDOW, Measured, Spread, quota_minimum
from .results import Results, Runs, refused, requests, seconds, spans
from .stacks import STACKS
from .targets import TITLES, Verdict

_HEAD = (
    *("s", "s, limit and latency off", "s from first to last request"),
    *("requests", "429s", "most in 10 s"),
)


class Origin(NamedTuple):
    """Where and when the results were measured; ``loads`` are before and after."""

    date: str
    machine: str
    versions: str
    loads: tuple[float, float]


def page(results: Results, verdicts: Sequence[Verdict], origin: Origin, plot: str | None) -> str:
    """Return Markdown; ``plot`` is the picture's file name."""
    parts = [
        _introduction(results, origin),
        _targets(verdicts),
        *_life(results, plot),
        *_stacks(results),
        *_rest(results),
        *_libraries(results),
        _limits(origin),
    ]
    return "\n".join(parts)


def _introduction(results: Results, origin: Origin) -> str:
    runs = "once" if results.runs == 1 else f"{results.runs} times"
    limit = f"{LIMIT} requests in {WINDOW:g} s, then closed for {WINDOW:g} s"
    return f"""# Performance

Written by `make bench` on {origin.date}; do not edit. Everything was measured {runs}, on the real
engine against the emulator in a process of its own, which counts the requests. Each of its
answers takes {LIMITED.latency:g} s, and it has the API's limit: {limit}.

Beside this project stands a *naive* provider ([benchmarks/naive.py](../benchmarks/naive.py)):
one request for each call of the engine, and after a 429 a sleep of 10 s. *Native* is the plugin
with the same core. Three values are minimum / median / maximum.
"""


def _targets(verdicts: Sequence[Verdict]) -> str:
    rows = [
        (one.work, one.target, one.found, "met" if one.met else "**missed**") for one in verdicts
    ]
    missed = sum(not one.met for one in verdicts)
    summary = f"{missed} of {len(rows)} missed." if missed else f"All {len(rows)} met."
    return f"""## Targets

{summary} The quota makes some work take a minimum of time: 10 s for each 40 requests that
go before the last one. *The engine's own* is the median time of the same work with limit and
latency off. Times are judged by the median, counts and memory by the worst run.

{_table(("work", "target", "measured", "result"), rows)}
"""


def _life(results: Results, plot: str | None) -> Iterator[str]:
    if not results.life:
        return
    yield f"## One stack of {results.sizes.runners} runners\n"
    rows = [
        (
            TITLES[step],
            provider,
            Spread.of(seconds(measured)).text(),
            Spread.of(seconds(results.life_free[step][provider])).text(),
            Spread.of(spans(measured)).text(2),
            Spread.of(requests(measured)).text(0),
            Spread.of(refused(measured)).text(0),
            str(max(one.most() for one in measured)),
        )
        for step, runs in results.life.items()
        for provider, measured in _in_order(runs)
    ]
    head = ("work", "provider", *_HEAD)
    yield _table(head, rows) + "\n"
    if plot:
        yield f"![Requests over time for up and destroy, in the first run]({plot})\n"


def _stacks(results: Results) -> Iterator[str]:
    if not results.stacks:
        return
    size = results.sizes.stack
    rows = [
        (
            provider,
            Spread.of(seconds(measured)).text(),
            Spread.of(seconds(results.stacks_free[provider])).text(),
            Spread.of(spans(measured)).text(2),
            Spread.of(requests(measured)).text(0),
            Spread.of(refused(measured)).text(0),
            str(max(one.most() for one in measured)),
        )
        for provider, measured in _in_order(results.stacks)
    ]
    head = ("provider", *_HEAD)
    yield f"""## {STACKS} stacks of {size} runners at once

Each `up` is in a process of its own, with an engine, a provider process and a state of its own;
they share nothing but the user's state folder. {STACKS * size} requests take at least
{quota_minimum(STACKS * size):g} s.

{_table(head, rows)}
"""


def _rest(results: Results) -> Iterator[str]:
    rows = [
        (
            f"`refresh` of one runner in an account of {results.sizes.account:,}, requests",
            provider,
            Spread.of(requests(measured)).text(0),
        )
        for provider, measured in _in_order(results.account)
    ]
    rows += [
        (
            f"{TITLES[name]}, {results.sizes.large:,} runners, limit and latency off, s",
            provider,
            Spread.of(seconds(measured)).text(),
        )
        for name, runs in results.large_plans.items()
        for provider, measured in _in_order(runs)
    ]
    for provider, measured in _in_order(results.large):
        title = f"`destroy` of {results.sizes.large:,} runners of one account"
        found, free = Spread.of(seconds(measured)), Spread.of(seconds(results.large_free[provider]))
        rows += [
            (f"{title}, requests", provider, Spread.of(requests(measured)).text(0)),
            (f"{title}, s", provider, found.text()),
            (f"{title}, s, limit and latency off", provider, free.text()),
        ]
    rows += [
        (
            f"peak memory of the provider process, {results.sizes.memory:,} runners, MB",
            provider,
            Spread.of(one / 1_000_000 for one in results.memory[provider]).text(0),
        )
        for provider in PROVIDERS
        if results.memory.get(provider)
    ]
    if results.imports:
        title = f"import on top of `import pulumi`, ms, {len(results.imports)} times"
        rows.append((title, OURS, Spread.of(results.imports).text(0)))
    if rows:
        yield f"## Large accounts, memory, import\n\n{_table(('', 'provider', 'measured'), rows)}\n"


def _libraries(results: Results) -> Iterator[str]:
    if not results.libraries:
        return
    yield """## Why an own quota

The same load on this project's quota and on pyrate-limiter with SQLite and a file lock, which
counts a request when it is sent. Requests arrive somewhere between being sent and being answered,
and more than 40 arrivals in a window would be a 429. *Slack* is by how much the tightest 41
arrivals were further apart than the window. With a longer window the library is safe as well, but
then the longest latency has to be known before, and is lost in each window; nor does it close
for all processes after a 429.
"""
    for title, table in results.libraries:
        yield f"{title}:\n\n{table}\n"


def _limits(origin: Origin) -> str:
    before, after = origin.loads
    return f"""## Machine and limits

{origin.machine}. {origin.versions}. Load before {before:.1f}, after {after:.1f}.

- Server, engine, provider and program share this machine's cores, so the time of each contains
  some of the others'.
- The emulator's limit is a window that slides; how the API's window works is not documented. Its
  latency is always the same, and it has no TLS: keeping connections open saves more in reality.
- The naive provider's sleep happens to be as long as the API's cool-down, so alone it loses little
  time with each 429; everybody else behind the address is shut out as well.
- Seconds are those of the SDK's Automation API, which asks the engine for outputs and history
  after each command; the same is in the engine's own time.
- Before each measured command the quota's window is empty on both sides. Commands that follow
  each other within 10 s wait for what the one before has used.
- The kernel keeps a process's peak memory, and it is read every 0.1 s: what a process takes in
  its last 0.1 s is missed. The interpreter, gRPC and the SDK are part of it. Only here the engine
  is told to write its state once, at the end (`PULUMI_SKIP_CHECKPOINTS`).
"""


def _in_order(runs: Runs) -> list[tuple[str, list[Measured]]]:
    return [(provider, runs[provider]) for provider in PROVIDERS if runs.get(provider)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
